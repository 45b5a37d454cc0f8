package localcdc.core.value;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * pg_type, as far as some columns need it: reads the types named to it and everything those are made of, level by level, and
 * resolves them the way {@code to_jsonb} does. Not safe for use by several threads.
 */
final class PgTypeCatalog {

    private static final long FIRST_OWN_OID = 16384;

    /** A cast to json by a function is what to_jsonb uses for a type that is not built in. */
    private static final String TYPES = """
            SELECT t.oid, t.typname, t.typtype::text, t.typbasetype, t.typdelim::text,
                   CASE WHEN t.typelem <> 0 AND t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc
                        THEN t.typelem ELSE 0 END,
                   e.extname,
                   (SELECT x.castfunc::regproc::text FROM pg_catalog.pg_cast x
                     WHERE x.castsource = t.oid AND x.casttarget = 'pg_catalog.json'::regtype AND x.castmethod = 'f'),
                   coalesce((SELECT r.rngsubtype FROM pg_catalog.pg_range r
                              WHERE t.oid = r.rngtypid OR t.oid = r.rngmultitypid), 0),
                   ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                          WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
                   ARRAY(SELECT a.atttypid::int8 FROM pg_catalog.pg_attribute a
                          WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
                   pg_catalog.format_type(t.oid, NULL)
            FROM pg_catalog.pg_type t
            LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid
                   AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'
            LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
            WHERE t.oid = ANY (?)
            """;

    private static final String LOWER_CASES_ASCII_ONLY = """
            SELECT d.datctype IN ('C', 'POSIX') AND coalesce(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c') = 'c'
            FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
            """;

    private final Connection connection;
    private final Map<Long, RawType> raw = new HashMap<>();
    private final Map<Long, PgType> resolved = new HashMap<>();
    private Boolean asciiCase;

    PgTypeCatalog(Connection connection) {
        this.connection = connection;
    }

    /** Makes sure that these types are known. */
    void load(Collection<Long> oids) throws SQLException {
        Set<Long> missing = new LinkedHashSet<>(oids);
        while (!missing.isEmpty()) {
            missing.removeAll(raw.keySet());
            var next = new LinkedHashSet<Long>();
            for (var type : read(missing)) {
                raw.put(type.oid, type);
                next.addAll(type.madeOf());
            }
            next.removeAll(raw.keySet());
            missing = next;
        }
        if (asciiCase == null && raw.values().stream().anyMatch(RawType::isCitext)) {
            asciiCase = lowerCasesAsciiOnly();
        }
    }

    /** Whether pg_type has such an entry; it must have been {@link #load loaded}. */
    boolean isThere(long oid) {
        return raw.containsKey(oid);
    }

    PgType type(long oid) {
        var known = resolved.get(oid);
        if (known == null) {
            known = resolve(find(oid));
            resolved.put(oid, known);
        }
        return known;
    }

    /** The type itself, or what a domain is a domain over. */
    long baseOid(long oid) {
        var type = find(oid);
        return type.baseOid == 0 ? oid : baseOid(type.baseOid);
    }

    private RawType find(long oid) {
        var type = raw.get(oid);
        if (type == null) {
            throw new IllegalStateException("pg_type has no entry " + oid);
        }
        return type;
    }

    private PgType resolve(RawType type) {
        if (type.elementOid != 0) {
            return type.oid < FIRST_OWN_OID && !type.name.startsWith("_")
                    ? PgType.vector(type(type.elementOid))
                    : PgType.array(type(type.elementOid), find(type.elementOid).delimiter);
        }
        return switch (type.kind) {
            case "d" -> type(type.baseOid);
            case "c" -> {
                var fields = new ArrayList<PgType.Field>();
                for (int i = 0; i < type.fieldNames.size(); i++) {
                    fields.add(new PgType.Field(type.fieldNames.get(i), type(type.fieldOids.get(i))));
                }
                yield PgType.row(fields);
            }
            case "p" -> PgType.unsupported("pseudo-type " + type.formatted);
            default -> type.oid < FIRST_OWN_OID ? builtIn(type) : own(type);
        };
    }

    private static PgType builtIn(RawType type) {
        return PgType.builtIn(type.name)
                .orElseGet(() -> PgType.unsupported("built-in type " + type.formatted + " is not known"));
    }

    private PgType own(RawType type) {
        if (type.jsonCast != null) {
            return "hstore".equals(type.extension) && type.name.equals("hstore")
                    ? PgType.scalar("hstore").orElseThrow()
                    : PgType.unsupported(
                            "to_jsonb converts type " + type.formatted + " by the function " + type.jsonCast);
        }
        if (type.isCitext()) {
            return PgType.scalar(Boolean.TRUE.equals(asciiCase) ? PgType.CITEXT_ASCII : "citext")
                    .orElseThrow();
        }
        if (type.rangeOf != 0) {
            return range(type);
        }
        return PgType.other();
    }

    /** Ranges that someone made: what their bounds are decides how they print and when they are equal. */
    private PgType range(RawType type) {
        var multi = type.kind.equals("m");
        var name =
                switch (type(type.rangeOf).name()) {
                    case "numeric", "float4", "float8" -> multi ? "nummultirange" : "numrange";
                    case "timestamptz" -> multi ? "tstzmultirange" : "tstzrange";
                    default -> PgType.OTHER;
                };
        return PgType.scalar(name).orElseThrow();
    }

    private List<RawType> read(Set<Long> oids) throws SQLException {
        var types = new ArrayList<RawType>();
        try (var statement = connection.prepareStatement(TYPES)) {
            statement.setArray(1, connection.createArrayOf("oid", oids.toArray()));
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    types.add(RawType.of(rows));
                }
            }
        }
        return types;
    }

    private boolean lowerCasesAsciiOnly() throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(LOWER_CASES_ASCII_ONLY)) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    private record RawType(
            long oid,
            String name,
            String kind,
            long baseOid,
            char delimiter,
            long elementOid,
            String extension,
            String jsonCast,
            long rangeOf,
            List<String> fieldNames,
            List<Long> fieldOids,
            String formatted) {

        static RawType of(ResultSet row) throws SQLException {
            return new RawType(
                    row.getLong(1),
                    row.getString(2),
                    row.getString(3),
                    row.getLong(4),
                    row.getString(5).charAt(0),
                    row.getLong(6),
                    row.getString(7),
                    row.getString(8),
                    row.getLong(9),
                    List.of((String[]) row.getArray(10).getArray()),
                    Arrays.asList((Long[]) row.getArray(11).getArray()),
                    row.getString(12));
        }

        boolean isCitext() {
            return "citext".equals(extension) && name.equals("citext");
        }

        List<Long> madeOf() {
            var parts = new ArrayList<>(fieldOids);
            for (var part : new long[] {baseOid, elementOid, rangeOf}) {
                if (part != 0) {
                    parts.add(part);
                }
            }
            return parts;
        }
    }
}
