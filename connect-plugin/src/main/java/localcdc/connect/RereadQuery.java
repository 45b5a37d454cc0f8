package localcdc.connect;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import localcdc.core.event.TableId;
import localcdc.core.value.ByteSink;
import localcdc.core.value.CanonicalJson;
import localcdc.core.value.ColumnInfo;
import localcdc.core.value.PgType;

/**
 * Reads some columns of one row, found by its key's canonical JSON texts. It outlives the connection it was made on. Names are
 * quoted, and functions and operators are named with their schema, so that no object of the same name gets in between.
 */
final class RereadQuery {

    /** The SQLSTATE of a mismatch of types. */
    private static final String CHANGED = "42804";

    private static final PgType JSONB = PgType.scalar("jsonb").orElseThrow();

    /**
     * A column of the key.
     *
     * @param type as SQL names it
     * @param equality the operator of the key's index, as SQL names it
     */
    record KeyColumn(ColumnInfo column, String type, String equality) {

        /** The condition with one parameter, the value's JSON text. */
        String condition() {
            var own = "t." + TableId.quote(column.name());
            return switch (column.type().kind()) {
                // Their JSON is not their text, so no index helps; tables with such keys are rare, and mostly small.
                case JSON, JSONB, HSTORE, ARRAY, VECTOR, ROW, UNSUPPORTED ->
                    "pg_catalog.to_jsonb(" + own + ") OPERATOR(pg_catalog.=) CAST(? AS pg_catalog.jsonb)";
                default ->
                    own + " OPERATOR(" + equality
                            + ") CAST(CAST(? AS pg_catalog.jsonb) OPERATOR(pg_catalog.#>>) '{}' AS " + type + ")";
            };
        }
    }

    private final List<ColumnInfo> columns;
    private final String sql;

    /**
     * @param ownRowsOnly whether rows of the table's children are none of its rows
     * @param key the key's columns, in the order in which their values will be given
     * @param columns the columns to read
     */
    RereadQuery(TableId table, boolean ownRowsOnly, List<KeyColumn> key, List<ColumnInfo> columns) {
        this.columns = List.copyOf(columns);
        this.sql =
                "SELECT " + columns.stream().map(RereadQuery::typeAndJson).collect(Collectors.joining(", ")) + " FROM "
                        + (ownRowsOnly ? "ONLY " : "") + table.quoted() + " AS t WHERE "
                        + key.stream().map(KeyColumn::condition).collect(Collectors.joining(" AND "));
    }

    private static String typeAndJson(ColumnInfo column) {
        var own = "t." + TableId.quote(column.name());
        return "CAST(CAST(pg_catalog.pg_typeof(" + own + ") AS pg_catalog.oid) AS pg_catalog.int8), "
                // json keeps the text that somebody wrote, which to_jsonb would not, and may even refuse.
                + (isJson(column) ? own : "pg_catalog.to_jsonb(" + own + ")") + "::pg_catalog.text";
    }

    private static boolean isJson(ColumnInfo column) {
        return column.type().kind() == PgType.Kind.JSON;
    }

    /** The statement, for tests. */
    String sql() {
        return sql;
    }

    /**
     * The columns' canonical JSON texts, {@code null} in it for SQL NULL.
     *
     * @return empty when there is not exactly one such row
     * @throws SQLException also when a column's type is no longer the one that was expected
     */
    Optional<List<String>> read(Connection connection, List<String> key) throws SQLException {
        // The driver keeps the statement prepared on the server for the next time.
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < key.size(); i++) {
                statement.setString(i + 1, key.get(i));
            }
            try (var row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                var values = values(row);
                return row.next() ? Optional.empty() : Optional.of(values);
            }
        }
    }

    private List<String> values(ResultSet row) throws SQLException {
        var values = new ArrayList<String>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            if (row.getLong(2 * i + 1) != column.typeOid()) {
                throw new SQLException("column " + column.name() + " is no longer of type " + column.type(), CHANGED);
            }
            values.add(compact(column, row.getString(2 * i + 2)));
        }
        return values;
    }

    private static String compact(ColumnInfo column, String text) {
        if (text == null) {
            return "null";
        }
        var utf8 = text.getBytes(StandardCharsets.UTF_8);
        var json = new ByteSink(utf8.length);
        CanonicalJson.append(isJson(column) ? column.type() : JSONB, utf8, 0, utf8.length, json);
        return json.toString();
    }
}
