package localcdc.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import localcdc.connect.RereadQuery.KeyColumn;
import localcdc.core.event.TableId;
import localcdc.core.value.ColumnInfo;
import localcdc.core.value.PgType;
import localcdc.core.value.PgTypeReader;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;

/** What the catalog says of a table whose events have one shape, and the queries made of it. For one thread. */
final class RereadTable {

    private static final String TABLE = """
            SELECT c.oid, c.relkind::text
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')
            """;

    /**
     * The indexes that may be an event's key, the primary key first. The operator is the index's own: another one may call other
     * values equal, and could not use the index.
     */
    private static final String KEYS = """
            SELECT i.indexrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
                   (SELECT pg_catalog.format('%I.', n.nspname) || o.oprname
                    FROM pg_catalog.pg_opclass q
                    JOIN pg_catalog.pg_amop m ON m.amopfamily = q.opcfamily AND m.amopstrategy = 3
                         AND m.amoplefttype = q.opcintype AND m.amoprighttype = q.opcintype
                    JOIN pg_catalog.pg_operator o ON o.oid = m.amopopr
                    JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
                    WHERE q.oid = i.indclass[k.n - 1])
            FROM pg_catalog.pg_index i
            CROSS JOIN LATERAL unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k(attnum, n)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            WHERE i.indrelid = ? AND (i.indisprimary OR i.indisreplident) AND k.n <= i.indnkeyatts
            ORDER BY i.indisprimary DESC, i.indexrelid, k.n
            """;

    private final TableId table;
    private final boolean ownRowsOnly;
    private final Map<String, ColumnInfo> columns;
    private final List<KeyColumn> key;
    private final Map<List<String>, Optional<RereadQuery>> queries = new HashMap<>();

    private RereadTable(TableId table, boolean ownRowsOnly, Map<String, ColumnInfo> columns, List<KeyColumn> key) {
        this.table = table;
        this.ownRowsOnly = ownRowsOnly;
        this.columns = columns;
        this.key = key;
    }

    /** The table as it is, or empty when it is not there any more, or has no index on the key of these events. */
    static Optional<RereadTable> of(Connection connection, TableId table, Schema eventKey) throws SQLException {
        long oid;
        boolean partitioned;
        try (var statement = connection.prepareStatement(TABLE)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                oid = row.getLong(1);
                partitioned = row.getString(2).equals("p");
            }
        }
        var columns = new HashMap<String, ColumnInfo>();
        for (var column : new PgTypeReader(connection).columns(List.of(oid)).getOrDefault(oid, List.of())) {
            columns.put(column.name(), column);
        }
        var wanted = eventKey.fields().stream().map(Field::name).toList();
        return key(connection, oid, columns, wanted).map(key -> new RereadTable(table, !partitioned, columns, key));
    }

    private static Optional<List<KeyColumn>> key(
            Connection connection, long oid, Map<String, ColumnInfo> columns, List<String> wanted) throws SQLException {
        var indexes = new HashMap<Long, Map<String, KeyColumn>>();
        var order = new ArrayList<Long>();
        try (var statement = connection.prepareStatement(KEYS)) {
            statement.setLong(1, oid);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    var column = columns.get(rows.getString(2));
                    if (column == null) {
                        // Dropped or renamed between the two queries, so this is no key of the event's.
                        continue;
                    }
                    if (!indexes.containsKey(rows.getLong(1))) {
                        order.add(rows.getLong(1));
                    }
                    indexes.computeIfAbsent(rows.getLong(1), index -> new HashMap<>())
                            .put(column.name(), new KeyColumn(column, rows.getString(3), rows.getString(4)));
                }
            }
        }
        return order.stream()
                .map(indexes::get)
                .filter(index -> index.keySet().equals(new HashSet<>(wanted)))
                .findFirst()
                .map(index -> wanted.stream().map(index::get).toList());
    }

    /**
     * The query for these columns of events of this shape.
     *
     * @return empty when a column is not there any more or has another type than the event says
     */
    Optional<RereadQuery> query(Schema row, List<String> names) {
        return queries.computeIfAbsent(names, wanted -> {
            var found = new ArrayList<ColumnInfo>();
            for (var name : wanted) {
                var column = columns.get(name);
                if (column == null || !isOf(row.field(name), column)) {
                    return Optional.empty();
                }
                found.add(column);
            }
            return Optional.of(new RereadQuery(table, ownRowsOnly, key, found));
        });
    }

    private static boolean isOf(Field field, ColumnInfo column) {
        // The catalog knows of citext what its name does not say, which makes no difference to its JSON.
        return citextAside(field.schema().parameters().get(JsonSchemaBuilder.TYPE))
                .equals(citextAside(column.type().toString()));
    }

    private static String citextAside(String type) {
        return type.replace(PgType.CITEXT_ASCII, "citext");
    }
}
