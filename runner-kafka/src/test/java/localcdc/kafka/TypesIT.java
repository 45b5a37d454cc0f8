package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.core.event.TableId;
import localcdc.core.value.JsonEquality;
import localcdc.core.value.TypeZoo;
import localcdc.core.verify.TableTruth;
import localcdc.embedded.EmbeddedRunner;
import localcdc.embedded.EmbeddedSettings;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.TablePattern;
import localcdc.embedded.server.TableSelection;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Every type of docs/reference/types.md through both paths, in snapshot and stream: the maps equal Postgres, and each other to the letter. */
class TypesIT {

    private static final int STREAMED = 1000;

    /** One type's table. */
    private record Line(TypeZoo.Animal animal, TableId table) {}

    @Test
    void bothPathsHoldTheSameValuesForEveryType() throws Exception {
        try (var database = TestPostgres.shared().createDatabase();
                var connection = database.connect()) {
            var zoo = TypeZoo.create(connection);
            for (var setting : List.of(
                    "DateStyle = 'SQL, DMY'",
                    "IntervalStyle = 'iso_8601'",
                    "bytea_output = 'escape'",
                    "extra_float_digits = -3",
                    "TimeZone = 'America/New_York'")) {
                execute(connection, "ALTER DATABASE \"" + database.name() + "\" SET " + setting);
            }
            var lines = createTables(connection, zoo);
            for (var line : lines) {
                insert(connection, line, 0);
            }
            var names = lines.stream().map(line -> line.table.toString()).toArray(String[]::new);
            try (var connector = ConnectPathIT.connector(database, 1, names)) {
                ConnectPathIT.awaitTopics(connector, names);
                try (var kafka = KafkaPath.start(ConnectPathIT.reading(connector));
                        var embedded = new EmbeddedRunner(embedded(database, names))) {
                    embedded.start();
                    Awaitility.await().atMost(KafkaPath.PATIENCE).until(() -> embedded.pipeline()
                            .isReady());
                    for (var line : lines) {
                        insert(connection, line, STREAMED);
                    }
                    kafka.catchUp(database);
                    Awaitility.await()
                            .atMost(KafkaPath.PATIENCE)
                            .until(() -> embedded.pipeline().position()
                                    >= kafka.pipeline().position());

                    var differences = new ArrayList<String>();
                    for (var line : lines) {
                        compare(database, kafka, embedded, line, differences);
                    }
                    assertThat(differences).isEmpty();
                    assertThat(connector.status().isRunning()).isTrue();
                }
            }
        }
    }

    private static PgSettings postgres(TestDatabase database) {
        var server = database.server();
        return new PgSettings(
                server.host(), server.port(), database.name(), server.user(), server.password(), SslMode.PREFER);
    }

    private static EmbeddedSettings embedded(TestDatabase database, String... tables) {
        var patterns = List.of(tables).stream().map(TablePattern::parse).toList();
        return new EmbeddedSettings(
                postgres(database), patterns, List.of(), "both", null, null, Engine.DEBEZIUM, Map.of());
    }

    private static List<Line> createTables(Connection connection, TypeZoo zoo) throws SQLException {
        execute(connection, "CREATE SCHEMA types");
        var lines = new ArrayList<Line>();
        for (var animal : zoo.animals()) {
            var table = new TableId("types", "t" + lines.size());
            execute(connection, "CREATE TABLE " + table.quoted() + " (id int PRIMARY KEY, v " + animal.type() + ")");
            var selection = TableSelection.resolve(
                    connection, List.of(TablePattern.parse(table.toString())), List.of(), Engine.DEBEZIUM);
            // The driver opens a refcursor when it reads one, so that Debezium's own snapshot fails.
            if (selection.errors().isEmpty() && !animal.type().equals("refcursor")) {
                lines.add(new Line(animal, table));
            } else {
                execute(connection, "DROP TABLE " + table.quoted());
            }
        }
        return lines;
    }

    private static void insert(Connection connection, Line line, int firstId) throws SQLException {
        int id = firstId;
        for (String value : line.animal.values()) {
            id++;
            if (lostByDebezium(line.animal, value, firstId == STREAMED)) {
                continue;
            }
            execute(
                    connection,
                    "INSERT INTO " + line.table.quoted() + " VALUES (" + id + ", '" + value.replace("'", "''") + "'::"
                            + line.animal.type() + ")");
        }
        execute(connection, "INSERT INTO " + line.table.quoted() + " VALUES (" + firstId + ", NULL)");
    }

    /** What docs/reference/types.md says of values that nobody behind Debezium or its driver can see. */
    private static boolean lostByDebezium(TypeZoo.Animal animal, String value, boolean streamed) {
        return switch (animal.type()) {
            case "interval" -> value.contains("infinity") || value.contains("2562047788");
            case "timestamp" -> streamed && value.equals("294247-01-10 04:00:25.2");
            default -> false;
        };
    }

    private static void compare(
            TestDatabase database, KafkaPath kafka, EmbeddedRunner embedded, Line line, List<String> differences)
            throws Exception {
        var byKafka = kafka.rows(line.table.toString());
        var byEngine = TableTruth.rows(embedded.pipeline().reader(), line.table);
        try (var connection = postgres(database).open("test");
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT id, to_jsonb(t)::text FROM " + line.table.quoted() + " t")) {
            var equality = JsonEquality.ofColumns(TableTruth.rules(connection, line.table));
            while (rows.next()) {
                var key = "{\"id\":" + rows.getInt(1) + "}";
                var mine = byKafka.remove(key);
                var other = byEngine.remove(key);
                if (mine == null || !equality.equal(rows.getString(2), mine)) {
                    differences.add(
                            line.animal.type() + " " + key + ": Postgres " + rows.getString(2) + ", Kafka " + mine);
                } else if (!mine.equals(other)) {
                    differences.add(line.animal.type() + " " + key + ": embedded " + other + ", Kafka " + mine);
                }
            }
        }
        byKafka.forEach((key, row) -> differences.add(line.animal.type() + " " + key + ": only Kafka has " + row));
        byEngine.forEach((key, row) -> differences.add(line.animal.type() + " " + key + ": only embedded has " + row));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
