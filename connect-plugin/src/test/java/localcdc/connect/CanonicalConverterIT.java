package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import localcdc.core.value.JsonEquality;
import localcdc.core.value.NumberRule;
import localcdc.core.value.PgTypeReader;
import localcdc.core.value.TypeZoo;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every type's hard values through the engine, as a snapshot and as a stream, against to_jsonb. One row holds one value. */
class CanonicalConverterIT {

    private static final String SESSION = """
            SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex';
            SET extra_float_digits = 1; SET lc_monetary = 'C'; SET quote_all_identifiers = off
            """;

    private static TestDatabase database;
    private static Connection connection;
    private static List<Cell> cells;

    /** One value in one row. */
    private record Cell(int id, String type, String column, String value) {

        String label() {
            return type + " '" + value + "'";
        }
    }

    @BeforeAll
    static void openTheZoo() throws SQLException {
        database = TestPostgres.shared().createDatabase();
        connection = database.connect();
        cells = new ArrayList<>();
        for (var animal : TypeZoo.create(connection).animals()) {
            animal.values().forEach(value -> cells.add(new Cell(cells.size(), animal.type(), animal.column(), value)));
        }
        execute(SESSION);
        for (var setting : List.of(
                "DateStyle = 'German, DMY'",
                "IntervalStyle = 'sql_standard'",
                "bytea_output = 'escape'",
                "extra_float_digits = 0",
                "TimeZone = 'Asia/Tokyo'",
                "quote_all_identifiers = on")) {
            execute("ALTER DATABASE \"" + database.name() + "\" SET " + setting);
        }
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
        database.close();
    }

    @Test
    void streamsEveryTypeAsToJsonbPrintsIt() throws Exception {
        // Given
        createTable("zoo.streamed");

        // When
        List<SourceRecord> records;
        try (var engine = RunningEngine.streaming(database, "zoo.streamed", columnTypes("zoo.streamed"))) {
            insert("zoo.streamed", cells);
            execute("INSERT INTO zoo.streamed (id) VALUES (-1)");
            records = engine.awaitRow("-1");
        }

        // Then
        assertThat(differences("zoo.streamed", records))
                .filteredOn(difference -> !difference.matches("timetz '.*' has no event"))
                .filteredOn(difference -> !difference.matches("interval '-?2562047788:.*' has no event"))
                .filteredOn(difference -> !difference.matches("interval '-?infinity' is \"00:00:00\" but .*"))
                .isEmpty();
    }

    @Test
    void readsEveryTypeInASnapshotAsToJsonbPrintsIt() throws Exception {
        // Given
        createTable("zoo.read");
        insert("zoo.read", cells.stream().filter(cell -> !endsASnapshot(cell)).toList());
        execute("INSERT INTO zoo.read (id) VALUES (1000000)");

        // When
        List<SourceRecord> records;
        try (var engine = RunningEngine.withSnapshot(database, "zoo.read", columnTypes("zoo.read"))) {
            records = engine.awaitRow("1000000");
        }

        // Then
        assertThat(differences("zoo.read", records))
                .filteredOn(difference -> !difference.matches("interval '-?infinity' is \"00:00:00\" but .*"))
                .isEmpty();
    }

    /** The driver opens refcursors, has no hours beyond an int, and moves dates that its calendar does not have. */
    private static boolean endsASnapshot(Cell cell) {
        return cell.type().equals("refcursor")
                || cell.value().contains("2562047788")
                || (cell.type().equals("date") && cell.value().startsWith("1582-10-"));
    }

    private static void createTable(String table) throws SQLException {
        var definitions = new ArrayList<String>();
        for (var cell : cells) {
            var definition = "\"" + cell.column() + "\" " + cell.type();
            if (!definitions.contains(definition)) {
                definitions.add(definition);
            }
        }
        execute("CREATE TABLE " + table + " (id int PRIMARY KEY, " + String.join(", ", definitions) + ")");
    }

    private static void insert(String table, List<Cell> chosen) throws SQLException {
        for (var cell : chosen) {
            execute("INSERT INTO " + table + " (id, \"" + cell.column() + "\") VALUES (" + cell.id() + ", '"
                    + cell.value().replace("'", "''") + "')");
        }
    }

    private static String columnTypes(String table) throws SQLException {
        var oid = Long.parseLong(
                strings("SELECT '" + table + "'::regclass::oid::text").get(0));
        var types = new ColumnTypes.Builder();
        new PgTypeReader(connection).columns(List.of(oid)).get(oid).forEach(column -> types.add(table, column));
        return types.text();
    }

    private static List<String> differences(String table, List<SourceRecord> records) throws SQLException {
        var rowById = new HashMap<String, Struct>();
        for (var sent : records) {
            var row = ((Struct) sent.value()).getStruct("after");
            rowById.put(row.getString("id"), row);
        }
        var differences = new ArrayList<String>();
        for (var cell : cells) {
            var json = strings(
                    "SELECT to_jsonb(\"" + cell.column() + "\")::text FROM " + table + " WHERE id = " + cell.id());
            if (json.isEmpty()) {
                continue;
            }
            var row = rowById.get(Integer.toString(cell.id()));
            if (row == null) {
                differences.add(cell.label() + " has no event");
            } else if (row.schema().field(cell.column()) == null) {
                differences.add(cell.label() + " has no field");
            } else if (!equal(cell, json.get(0), row.getString(cell.column()))) {
                differences.add(cell.label() + " is " + row.get(cell.column()) + " but to_jsonb " + json.get(0));
            }
        }
        return differences;
    }

    private static boolean equal(Cell cell, String expected, String actual) {
        if (expected == null || actual == null) {
            return expected == null && actual == null;
        }
        var rule = cell.type().startsWith("double precision") ? NumberRule.DOUBLE : NumberRule.EXACT;
        return JsonEquality.of(rule).equal(expected, actual);
    }

    private static void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> strings(String sql) throws SQLException {
        var strings = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }
}
