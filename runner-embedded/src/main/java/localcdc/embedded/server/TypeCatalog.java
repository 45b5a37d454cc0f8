package localcdc.embedded.server;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Types that are not built in, followed into their elements, domains, composites and ranges: one small query a level, and
 * none at all where every type is built in. A recursive query would do it at one go, but Postgres takes it for expensive
 * and spends hundreds of milliseconds compiling it.
 */
final class TypeCatalog {
    /** The first oid that is not built in. */
    private static final long FIRST_USER_OID = 16384;

    private static final long TIMETZ = 1266;
    private static final long TIMETZ_ARRAY = 1270;

    private static final String QUERY = """
            SELECT y.oid::bigint, y.typname, y.typtype, y.typelem::bigint, y.typbasetype::bigint,
                   coalesce((SELECT g.rngsubtype::bigint FROM pg_range g
                             WHERE g.rngtypid = y.oid OR g.rngmultitypid = y.oid), 0),
                   (SELECT array_agg(a.atttypid::bigint ORDER BY a.attnum) FROM pg_attribute a
                    WHERE y.typtype = 'c' AND a.attrelid = y.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
                   (SELECT string_agg(concat_ws(':', a.attnum, quote_ident(a.attname), a.atttypid, a.atttypmod), ','
                                      ORDER BY a.attnum) FROM pg_attribute a
                    WHERE y.typtype = 'c' AND a.attrelid = y.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
                   coalesce((SELECT s.castfunc::bigint FROM pg_cast s
                             WHERE s.castsource = y.oid AND s.casttarget = 'pg_catalog.json'::regtype
                               AND s.castmethod = 'f'), 0),
                   (SELECT array_agg(e.oid::bigint ORDER BY e.oid) FROM pg_enum e WHERE e.enumtypid = y.oid),
                   (SELECT array_agg(e.enumlabel::text ORDER BY e.oid) FROM pg_enum e WHERE e.enumtypid = y.oid)
            FROM pg_type y WHERE y.oid = ANY (?::bigint[]::oid[])
            """;

    /** One type and those it is directly made of. */
    private record Type(
            String name,
            boolean scalar,
            List<Long> parts,
            long rangeOf,
            String attributes,
            long castToJson,
            Map<Long, String> enumLabels) {}

    private final Map<Long, Type> types = new HashMap<>();

    private TypeCatalog() {}

    /** Reads all that these types are made of; built-in ones cost nothing. */
    static TypeCatalog read(Connection connection, Collection<Long> oids) throws SQLException {
        TypeCatalog catalog = new TypeCatalog();
        Set<Long> wanted = new TreeSet<>(oids);
        while (true) {
            wanted.removeIf(oid -> oid < FIRST_USER_OID || catalog.types.containsKey(oid));
            if (wanted.isEmpty()) {
                return catalog;
            }
            Set<Long> next = new TreeSet<>();
            try (PreparedStatement query = connection.prepareStatement(QUERY)) {
                query.setArray(1, connection.createArrayOf("bigint", wanted.toArray()));
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        Type type = type(row);
                        catalog.types.put(row.getLong(1), type);
                        next.addAll(type.parts());
                        next.add(type.rangeOf());
                    }
                }
            }
            // A type that went away meanwhile is not asked for again.
            next.removeAll(wanted);
            wanted = next;
        }
    }

    private static Type type(ResultSet row) throws SQLException {
        String kind = row.getString(3);
        List<Long> parts = new ArrayList<>(List.of(row.getLong(4), row.getLong(5)));
        for (Object attribute : elements(row.getArray(7))) {
            parts.add((Long) attribute);
        }
        parts.removeIf(oid -> oid == 0);
        boolean scalar = parts.isEmpty() && !kind.equals("c") && !kind.equals("d");
        Object[] labelOids = elements(row.getArray(10));
        Object[] labels = elements(row.getArray(11));
        Map<Long, String> enumLabels = new HashMap<>();
        for (int i = 0; i < labelOids.length; i++) {
            enumLabels.put((Long) labelOids[i], (String) labels[i]);
        }
        return new Type(row.getString(2), scalar, parts, row.getLong(6), row.getString(8), row.getLong(9), enumLabels);
    }

    private static Object[] elements(Array array) throws SQLException {
        return array == null ? new Object[0] : (Object[]) array.getArray();
    }

    /** What this type is made of. */
    TypeFacts facts(long oid) {
        if (oid < FIRST_USER_OID) {
            return TypeFacts.builtIn(isTimetz(oid));
        }
        Walk walk = new Walk();
        walk.visit(oid, false);
        return new TypeFacts(
                String.join(" ", walk.definitions.values()), walk.enumLabels, walk.timetz, walk.castToJson);
    }

    private static boolean isTimetz(long oid) {
        return oid == TIMETZ || oid == TIMETZ_ARRAY;
    }

    /** One pass over a type and its parts, each once, for a composite may contain an array of itself. */
    private final class Walk {
        private final Set<Long> seen = new HashSet<>();
        private final Set<Long> seenInRanges = new HashSet<>();
        private final Map<Long, String> definitions = new TreeMap<>();
        private final Map<Long, String> enumLabels = new HashMap<>();
        private boolean timetz;
        private String castToJson;

        /** A range prints its bounds as text: their JSON form and the loss of an offset do not matter inside one. */
        void visit(long oid, boolean insideRange) {
            timetz |= !insideRange && isTimetz(oid);
            Type type = types.get(oid);
            if (type == null || !(insideRange ? seenInRanges : seen).add(oid)) {
                return;
            }
            enumLabels.putAll(type.enumLabels());
            if (type.attributes() != null) {
                definitions.put(oid, oid + "(" + type.attributes() + ")");
            }
            // to_jsonb looks for a cast from what is neither built in nor an array nor a composite; hstore's is known.
            if (!insideRange
                    && type.scalar()
                    && type.castToJson() != 0
                    && !type.name().equals("hstore")) {
                castToJson = type.name();
                definitions.put(oid, oid + "::json by " + type.castToJson());
            }
            type.parts().forEach(part -> visit(part, insideRange));
            if (type.rangeOf() != 0) {
                visit(type.rangeOf(), true);
            }
        }
    }
}
