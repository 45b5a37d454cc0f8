package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import localcdc.core.value.PgTypeReader;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the engine does around the values: unchanged ones, defaults, failures, names and DDL. */
class EngineBehaviourIT {

    private static final Map<String, String> FAIL = Map.of("event.processing.failure.handling.mode", "fail");

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestPostgres.shared().createDatabase();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void marksAnUnchangedLargeValueAndNeverAValueThatLooksLikeTheMark() throws Exception {
        // Given
        database.execute(
                "CREATE TABLE toast (id int PRIMARY KEY, n int, t text, ta text[], ia int[], j jsonb, b bytea, ua uuid[])",
                "ALTER TABLE toast ALTER t SET STORAGE EXTERNAL, ALTER ta SET STORAGE EXTERNAL,"
                        + " ALTER ia SET STORAGE EXTERNAL, ALTER j SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTERNAL");

        // When
        var events = stream(
                "public.toast",
                () -> database.execute(
                        """
                INSERT INTO toast SELECT 1, 1, repeat('x', 5000), array_agg(i::text), array_agg(i), jsonb_agg(i),
                                         convert_to(repeat('x', 5000), 'UTF8'), array_agg(gen_random_uuid())
                FROM generate_series(1, 3000) i
                """,
                        "UPDATE toast SET n = 2",
                        "UPDATE toast SET t = '__debezium_unavailable_value'",
                        "ALTER TABLE toast REPLICA IDENTITY FULL",
                        "UPDATE toast SET n = 3",
                        "INSERT INTO toast (id) VALUES (-1)"));

        // Then
        assertThat(after(events.get(1)))
                .containsEntry("n", "2")
                .extractingByKeys("t", "ta", "ia", "j", "b", "ua")
                .containsOnly(CanonicalConverter.UNAVAILABLE);
        assertThat(after(events.get(2))).containsEntry("t", "\"__debezium_unavailable_value\"");
        assertThat(after(events.get(3))).containsEntry("n", "3").doesNotContainValue(CanonicalConverter.UNAVAILABLE);
        assertThat(after(events.get(3)).get("ia")).startsWith("[1,2,3,");
    }

    @Test
    void keepsANullInAColumnWithADefault() throws Exception {
        // Given
        database.execute("CREATE TYPE mood AS ENUM ('a', 'b')", """
                CREATE TABLE d (id int PRIMARY KEY DEFAULT 7, t text DEFAULT 'x', n int DEFAULT 7, u numeric(10,2) DEFAULT 1.5,
                                d date DEFAULT '2000-01-01', z timestamptz DEFAULT now(), b bit(3) DEFAULT b'101',
                                v varbit DEFAULT b'0011', i interval DEFAULT '1 day', j jsonb DEFAULT '{}', m mood DEFAULT 'a',
                                a int[] DEFAULT '{1}', y bytea DEFAULT '\\x01', p point DEFAULT '(1,2)', r real DEFAULT 1)
                """);

        // When
        var events = stream(
                "public.d",
                () -> database.execute(
                        "INSERT INTO d VALUES (7" + ", NULL".repeat(14) + ")",
                        "INSERT INTO d (id, n) VALUES (8, 7)",
                        "INSERT INTO d (id) VALUES (-1)"));

        // Then
        assertThat(after(events.get(0)).entrySet().stream().filter(field -> field.getValue() != null))
                .containsExactly(Map.entry("id", "7"));
        assertThat(after(events.get(1)))
                .containsEntry("n", "7")
                .containsEntry("t", "\"x\"")
                .containsEntry("r", "1");
    }

    @Test
    void endsTheEngineWithTableAndColumnWhenAValueCannotBeCarried() throws Exception {
        // Given
        database.execute("CREATE TABLE z (id int PRIMARY KEY, at timetz)");

        // When
        Throwable failure;
        try (var engine = RunningEngine.streaming(database, "public.z", columnTypes("public.z"), FAIL)) {
            database.execute("INSERT INTO z VALUES (1, '12:00+01')");
            failure = engine.awaitFailure();
        }

        // Then
        assertThat(Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                        .map(Throwable::getMessage))
                .anyMatch(message -> message.startsWith("Column public.z.at of type timetz"));
    }

    @Test
    void carriesNamesWithEveryKindOfSign() throws Exception {
        // Given
        var table = "\"Odd. =;Sch%\".\"T'a;b=\u00fc\"";
        database.execute(
                "CREATE SCHEMA \"Odd. =;Sch%\"",
                "CREATE TYPE \"Odd. =;Sch%\".\"d.t\" AS (x int)",
                "CREATE TABLE " + table
                        + " (id int PRIMARY KEY, \"a.b\" text, \"c=d;e\" \"Odd. =;Sch%\".\"d.t\", \"n\nl\" text,"
                        + " \"q\"\"x\" text, \"\u00fc\ud83d\ude00 %41+\" int[])");

        // When
        List<SourceRecord> events;
        try (var engine = RunningEngine.streaming(
                database,
                "Odd. =;Sch%.T'a;b=\u00fc",
                columnTypes(table),
                Map.of("table.include.list", "Odd\\. =;Sch%\\.T'a;b=\u00fc"))) {
            database.execute("INSERT INTO " + table + " VALUES (-1, 'x', '(1)', 'y', 'z', '{1}')");
            events = engine.awaitRow("-1");
        }

        // Then
        assertThat(after(events.get(0)))
                .containsEntry("a.b", "\"x\"")
                .containsEntry("c=d;e", "{\"x\":1}")
                .containsEntry("n\nl", "\"y\"")
                .containsEntry("q\"x", "\"z\"")
                .containsEntry("\u00fc\ud83d\ude00 %41+", "[1]");
    }

    @Test
    void followsATypeThatChanges() throws Exception {
        // Given
        database.execute(
                "CREATE TYPE mood AS ENUM ('a', 'b')",
                "CREATE TYPE pair AS (x int)",
                "CREATE TABLE alt (id int PRIMARY KEY, a int, m mood, p pair)");

        // When
        List<SourceRecord> events;
        try (var engine = RunningEngine.streaming(database, "public.alt", columnTypes("public.alt"))) {
            database.execute("INSERT INTO alt VALUES (1, 5, 'a', '(1)')");
            // The engine asks the catalog for a table's columns as it is when it first meets the table in the log.
            engine.awaitRow("1");
            database.execute(
                    "ALTER TABLE alt ALTER a TYPE text USING a::text, ALTER m TYPE text, ADD n mood, ADD q pair, DROP p",
                    "INSERT INTO alt VALUES (2, '5', 'b', 'b', '(2)')",
                    "INSERT INTO alt (id) VALUES (-1)");
            events = engine.awaitRow("-1");
        }

        // Then
        assertThat(after(events.get(0))).containsEntry("a", "5").containsEntry("p", "{\"x\":1}");
        assertThat(after(events.get(1)))
                .containsEntry("a", "\"5\"")
                .containsEntry("m", "\"b\"")
                .containsEntry("n", "\"b\"")
                .containsEntry("q", "{\"x\":2}")
                .doesNotContainKey("p");
        assertThat(events.get(1)
                        .valueSchema()
                        .field("after")
                        .schema()
                        .field("a")
                        .schema()
                        .parameters())
                .containsEntry("type", "text");
    }

    @Test
    void failsForAValueOfATypeThatItWasNotTold() throws Exception {
        // Given
        database.execute(
                "CREATE TYPE mood AS ENUM ('a', 'b')",
                "CREATE DOMAIN price AS numeric(10,2)",
                "CREATE TYPE pair AS (x int)",
                "CREATE TABLE untold (id int PRIMARY KEY, m mood, d price, p pair)");

        // When
        SourceRecord carried;
        Throwable failure;
        try (var engine = RunningEngine.streaming(database, "public.untold", "", FAIL)) {
            database.execute("INSERT INTO untold VALUES (1, 'a', 1.5, NULL)");
            carried = engine.awaitRow("1").get(0);
            database.execute("INSERT INTO untold VALUES (2, NULL, NULL, '(1)')");
            failure = engine.awaitFailure();
        }

        // Then
        assertThat(after(carried)).containsEntry("m", "\"a\"").containsEntry("d", "1.50");
        assertThat(Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                        .map(Throwable::getMessage))
                .anyMatch(message -> message.startsWith("Column public.untold.p of type"));
    }

    @Test
    void streamsStoredGeneratedColumnsWhereTheServerPublishesThem() throws Exception {
        // Given
        var version = Integer.parseInt(database.query("SHOW server_version_num").get(0)) / 10_000;
        if (version < 18) {
            TestPostgres.skip("PostgreSQL " + version + " does not publish generated columns");
        }
        database.execute(
                "CREATE TABLE g (id int PRIMARY KEY, a int, s int GENERATED ALWAYS AS (a * 2) STORED,"
                        + " v int GENERATED ALWAYS AS (a * 3) VIRTUAL)",
                "CREATE PUBLICATION generated FOR TABLE g WITH (publish_generated_columns = stored)");

        // When
        List<SourceRecord> events;
        try (var engine = RunningEngine.streaming(
                database,
                "public.g",
                columnTypes("public.g"),
                Map.of("publication.name", "generated", "publication.autocreate.mode", "disabled"))) {
            database.execute("INSERT INTO g (id, a) VALUES (-1, 5)");
            events = engine.awaitRow("-1");
        }

        // Then
        assertThat(after(events.get(0))).containsEntry("s", "10").doesNotContainKey("v");
    }

    @Test
    void carriesKeysInTheSameForm() throws Exception {
        // Given
        database.execute(
                "CREATE TABLE k (id int, n numeric(9,3), z timestamptz, t text, d date, PRIMARY KEY (t, n, id, z, d))");

        // When
        var events = stream(
                "public.k",
                () -> database.execute(
                        "INSERT INTO k VALUES (1, 1.5, '2000-01-01 00:00:00+02', 'a\"b', '0044-01-01 BC')",
                        "UPDATE k SET n = 2.5",
                        "INSERT INTO k VALUES (-1, 0, 'infinity', '', 'infinity')"));

        // Then
        assertThat(fields((Struct) events.get(0).key()))
                .containsEntry("n", "1.500")
                .containsEntry("z", "\"1999-12-31T22:00:00+00:00\"")
                .containsEntry("t", "\"a\\\"b\"")
                .containsEntry("d", "\"0044-01-01 BC\"");
        assertThat(fields((Struct) events.get(2).key())).containsEntry("n", "2.500");
        assertThat(fields((Struct) events.get(3).key()))
                .containsEntry("z", "\"infinity\"")
                .containsEntry("d", "\"infinity\"");
    }

    private List<SourceRecord> stream(String table, Runnable changes) throws Exception {
        try (var engine = RunningEngine.streaming(database, table, columnTypes(table))) {
            changes.run();
            return engine.awaitRow("-1");
        }
    }

    private String columnTypes(String table) throws SQLException {
        var oid = Long.parseLong(database.query("SELECT '" + table.replace("'", "''") + "'::regclass::oid::text")
                .get(0));
        var name = database.query(
                        "SELECT relnamespace::regnamespace::text || '.' || relname FROM pg_class WHERE oid = " + oid)
                .get(0)
                .replace("\"", "");
        var types = new ColumnTypes.Builder();
        try (var connection = database.connect()) {
            new PgTypeReader(connection).columns(List.of(oid)).get(oid).forEach(column -> types.add(name, column));
        }
        return types.text();
    }

    private static Map<String, String> after(SourceRecord event) {
        return fields(((Struct) event.value()).getStruct("after"));
    }

    private static Map<String, String> fields(Struct struct) {
        var fields = new LinkedHashMap<String, String>();
        for (var field : new ArrayList<>(struct.schema().fields())) {
            fields.put(field.name(), struct.getString(field.name()));
        }
        return fields;
    }
}
