package localcdc.embedded.server;

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
import java.util.Optional;
import java.util.Set;

/**
 * A column as the catalog has it.
 *
 * @param generated empty, {@code s} (stored) or {@code v} (virtual)
 */
record ColumnFacts(
        String name,
        int attnum,
        String formattedType,
        long typeOid,
        String generated,
        boolean notNull,
        TypeFacts type) {

    private static final String QUERY = """
            SELECT a.attrelid::bigint, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.atttypid::bigint,
                   a.attgenerated, a.attnotnull
            FROM pg_attribute a
            WHERE a.attrelid = ANY (?::bigint[]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attrelid, a.attnum
            """;

    /** The columns of these relations, each list in the table's order. */
    static Map<Long, List<ColumnFacts>> read(Connection connection, Collection<Long> oids) throws SQLException {
        Map<Long, List<ColumnFacts>> columns = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setArray(1, connection.createArrayOf("bigint", oids.toArray()));
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    columns.computeIfAbsent(row.getLong(1), oid -> new ArrayList<>())
                            .add(new ColumnFacts(
                                    row.getString(2),
                                    row.getInt(3),
                                    row.getString(4),
                                    row.getLong(5),
                                    row.getString(6).strip(),
                                    row.getBoolean(7),
                                    TypeFacts.builtIn(false)));
                }
            }
        }
        Set<Long> typeOids = new HashSet<>();
        columns.values().forEach(list -> list.forEach(column -> typeOids.add(column.typeOid())));
        TypeCatalog types = TypeCatalog.read(connection, typeOids);
        columns.values().forEach(list -> list.replaceAll(column -> column.ofType(types.facts(column.typeOid()))));
        return columns;
    }

    private ColumnFacts ofType(TypeFacts facts) {
        return new ColumnFacts(name, attnum, formattedType, typeOid, generated, notNull, facts);
    }

    /** Why this column's values cannot be carried without loss; empty when they can. */
    Optional<String> obstacle(Carrier carrier) {
        boolean debezium = carrier.engine() == Engine.DEBEZIUM;
        if (debezium && type.timetz()) {
            return Optional.of(name + " (" + formattedType + ": Debezium loses the offset of timetz)");
        }
        if (generated.equals("v")) {
            return Optional.of(name + " (generated virtual: the server does not send it)");
        }
        if (generated.equals("s") && !carrier.storedGenerated()) {
            return Optional.of(name + " (generated stored: the server does not send it)");
        }
        if (debezium
                && name.length() > 1
                && "'\"`".indexOf(name.charAt(0)) >= 0
                && name.charAt(0) == name.charAt(name.length() - 1)) {
            return Optional.of(name + " (Debezium strips the quotes that its name begins and ends with)");
        }
        if (type.castToJson() != null) {
            return Optional.of(name + " (" + formattedType + ": to_jsonb uses the cast from " + type.castToJson()
                    + " to json, which only the server can)");
        }
        return Optional.empty();
    }

    CapturedColumn captured() {
        return new CapturedColumn(name, attnum, formattedType, typeOid, !generated.isEmpty(), notNull);
    }
}
