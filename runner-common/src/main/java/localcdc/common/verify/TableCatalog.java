package localcdc.common.verify;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import localcdc.common.verify.TableSql.KeyColumn;
import localcdc.core.event.TableId;
import localcdc.core.value.ColumnInfo;
import localcdc.core.value.JsonEquality;
import localcdc.core.value.NumberRule;
import localcdc.core.value.PgType;
import localcdc.core.value.PgTypeReader;
import localcdc.core.verify.UndecidedException;
import localcdc.core.verify.UndecidedException.Scope;

/**
 * What the catalog says of one table in one snapshot.
 *
 * @param jsonColumns columns of type json or with json inside, whose values to_jsonb may refuse, and whether they are json
 *     itself
 */
record TableCatalog(TableSql sql, Map<String, NumberRule> numberRules, Map<String, Boolean> jsonColumns) {

    private static final String TABLE = """
            SELECT c.oid, c.relkind::text, pg_catalog.row_security_active(c.oid)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ?
            """;

    /** The index's own equality: another one may call other values equal, and could not use the index. */
    private static final String KEY = """
            SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
                   coalesce((SELECT pg_catalog.format('%I.%I', n.nspname, l.collname)
                             FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
                             WHERE l.oid = a.attcollation), ''),
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
            WHERE i.indrelid = ? AND i.indisprimary AND k.n <= i.indnkeyatts
            ORDER BY k.n
            """;

    static TableCatalog read(Connection connection, TableId table, List<String> leftOut)
            throws SQLException, UndecidedException {
        long oid;
        boolean partitioned;
        try (var statement = connection.prepareStatement(TABLE)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the table is not there", "42P01");
                }
                oid = row.getLong(1);
                partitioned = row.getString(2).equals("p");
                if (!partitioned && !row.getString(2).equals("r")) {
                    throw problem(table + " is not a table.", "Restart the runner without it.");
                }
                if (row.getBoolean(3)) {
                    throw problem(
                            "Row-level security hides rows of table " + table + " from this user.",
                            "Give a --pg-user that owns the table or has BYPASSRLS.");
                }
            }
        }
        var columns = new PgTypeReader(connection)
                .columns(List.of(oid)).getOrDefault(oid, List.of()).stream()
                        .filter(column -> !leftOut.contains(column.name()))
                        .toList();
        var key = key(connection, oid, columns);
        if (key.isEmpty()) {
            throw problem(
                    "Table " + table + " has no primary key.",
                    "Add one; the runner needs it too. Then restart the runner.");
        }
        var names = columns.stream().map(ColumnInfo::name).toList();
        return new TableCatalog(
                new TableSql(table, partitioned, names, key), numberRules(columns), jsonColumns(columns));
    }

    private static UndecidedException problem(String problem, String remedy) {
        return new UndecidedException(Scope.TABLE, problem, remedy);
    }

    private static List<KeyColumn> key(Connection connection, long oid, List<ColumnInfo> columns) throws SQLException {
        var key = new ArrayList<KeyColumn>();
        try (var statement = connection.prepareStatement(KEY)) {
            statement.setLong(1, oid);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    var name = rows.getString(1);
                    boolean readable = columns.stream()
                            .anyMatch(column -> column.name().equals(name) && canBeReadBack(column.type()));
                    key.add(new KeyColumn(
                            name, rows.getString(2), rows.getString(3), readable ? rows.getString(4) : ""));
                }
            }
        }
        return key;
    }

    /** Whether {@code jsonb_to_record} makes the value again that {@code to_jsonb} printed. */
    private static boolean canBeReadBack(PgType type) {
        return switch (type.kind()) {
            case HSTORE, UNSUPPORTED, JSONB -> false;
            // Their JSON does not say at which index they begin, which Postgres' equality looks at.
            case ARRAY, VECTOR -> false;
            case ROW -> type.fields().stream().allMatch(field -> canBeReadBack(field.type()));
            default -> true;
        };
    }

    private static Map<String, NumberRule> numberRules(List<ColumnInfo> columns) {
        var rules = new LinkedHashMap<String, NumberRule>();
        for (var column : columns) {
            var rule = JsonEquality.ruleFor(column.type());
            if (rule != NumberRule.EXACT) {
                rules.put(column.name(), rule);
            }
        }
        return rules;
    }

    private static Map<String, Boolean> jsonColumns(List<ColumnInfo> columns) {
        var json = new LinkedHashMap<String, Boolean>();
        for (var column : columns) {
            if (column.type().contains("json")) {
                json.put(column.name(), column.type().kind() == PgType.Kind.JSON);
            }
        }
        return json;
    }
}
