package localcdc.core.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import localcdc.core.event.TableId;
import localcdc.core.index.IndexReader;
import localcdc.core.index.LatestState;
import localcdc.core.value.JsonEquality;
import localcdc.core.value.NumberRule;
import localcdc.core.value.PgTypeReader;

/** Compares a map with Postgres by nothing but {@code to_jsonb}, so that verify itself can be tested by it. */
public final class TableTruth {

    private TableTruth() {}

    /** The rows of a table in the map, each as JSON, by the key's JSON. */
    public static Map<String, String> rows(IndexReader reader, TableId table) {
        var rows = new TreeMap<String, String>();
        for (var state : reader.dump(table)) {
            var key = new ByteArrayOutputStream();
            var row = new ByteArrayOutputStream();
            write(state, key, row);
            rows.put(key.toString(StandardCharsets.UTF_8), row.toString(StandardCharsets.UTF_8));
        }
        return rows;
    }

    private static void write(LatestState state, ByteArrayOutputStream key, ByteArrayOutputStream row) {
        try {
            state.row().writeKeyJson(key);
            state.row().writeJson(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Asserts that the map holds exactly what {@code to_jsonb} prints for each row of the table.
     *
     * @param connection a session whose settings print values as the contract says
     * @param leftOut columns that the map does not hold
     */
    public static void assertEqual(Connection connection, TableId table, List<String> leftOut, IndexReader reader)
            throws SQLException {
        var equality = JsonEquality.ofColumns(rules(connection, table));
        var expected = postgresRows(connection, table, leftOut);
        var found = new ArrayList<>(rows(reader, table).values());
        assertThat(found).as("number of rows of %s", table).hasSameSizeAs(expected);
        // Rows are matched by content: each row Postgres has must be in the map, once.
        var byText = new TreeMap<String, String>();
        expected.forEach(row -> byText.put(row, row));
        for (String row : found) {
            if (byText.remove(row) == null) {
                var twin = byText.keySet().stream()
                        .filter(candidate -> equality.equal(candidate, row))
                        .findFirst();
                assertThat(twin)
                        .as("a row of %s like %s among %s", table, row, byText.keySet())
                        .isPresent();
                byText.remove(twin.orElseThrow());
            }
        }
        assertThat(byText).isEmpty();
    }

    private static List<String> postgresRows(Connection connection, TableId table, List<String> leftOut)
            throws SQLException {
        var rows = new ArrayList<String>();
        try (var statement = connection.createStatement()) {
            var row = new StringBuilder("to_jsonb(t)");
            leftOut.forEach(column -> row.append(" - '").append(column).append('\''));
            try (var result = statement.executeQuery("SELECT (" + row + ")::text FROM " + table.quoted() + " t")) {
                while (result.next()) {
                    rows.add(result.getString(1));
                }
            }
        }
        return rows;
    }

    /** How the numbers of a table's columns compare. */
    public static Map<String, NumberRule> rules(Connection connection, TableId table) throws SQLException {
        try (var statement = connection.prepareStatement("SELECT ?::regclass::oid::bigint")) {
            statement.setString(1, table.quoted());
            try (var result = statement.executeQuery()) {
                result.next();
                long oid = result.getLong(1);
                var rules = new TreeMap<String, NumberRule>();
                for (var column :
                        new PgTypeReader(connection).columns(List.of(oid)).get(oid)) {
                    rules.put(column.name(), JsonEquality.ruleFor(column.type()));
                }
                return rules;
            }
        }
    }
}
