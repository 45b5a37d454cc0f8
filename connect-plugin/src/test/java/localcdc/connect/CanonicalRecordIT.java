package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.connector.postgresql.BriefSourceInfoStructMaker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import localcdc.core.event.TableId;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.apache.kafka.connect.source.SourceRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The records that reach Kafka, bytes and all: from a real server through converter, post processor and transform. */
class CanonicalRecordIT {

    private static final String END = "SELECT pg_logical_emit_message(true, 'localcdc', 'end')";
    private static final String BIG = "repeat('x', 5000)";

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
    void writesEveryKindOfEvent() throws Exception {
        // Given
        database.execute("CREATE TABLE c (id int PRIMARY KEY, name text, price numeric(6,2))");

        // When
        var written = stream(
                "public.c",
                "INSERT INTO c VALUES (1, 'a', 1.5)",
                "UPDATE c SET name = NULL",
                "UPDATE c SET id = 2",
                "DELETE FROM c",
                "TRUNCATE c",
                "SELECT pg_logical_emit_message(false, 'localcdc', '\\xff00'::bytea)");

        // Then
        var head =
                "{\"localcdc\":1,\"op\":\"%s\",\"ts_us\":N,\"source\":{\"schema\":\"public\",\"table\":\"c\",\"lsn\":N,"
                        + "\"txId\":N,\"ts_us\":N}";
        var row = head + ",\"shape\":\"S\",\"key\":[\"int4\"]";
        var header = "{\"schema\":\"public\",\"table\":\"c\",\"lsn\":N,\"key\":[\"int4\"]";
        assertThat(written)
                .containsExactly(
                        "zoo.public.c {\"id\":1} " + row.formatted("c")
                                + ",\"after\":{\"id\":1,\"name\":\"a\",\"price\":1.50}} []",
                        "zoo.public.c {\"id\":1} " + row.formatted("u")
                                + ",\"after\":{\"id\":1,\"name\":null,\"price\":1.50}} []",
                        "zoo.public.c {\"id\":1} " + row.formatted("d") + ",\"newKey\":{\"id\":2}} []",
                        "zoo.public.c {\"id\":1} null [localcdc=" + header + ",\"newKey\":{\"id\":2}}]",
                        "zoo.public.c {\"id\":2} " + row.formatted("c")
                                + ",\"oldKey\":{\"id\":1},\"after\":{\"id\":2,\"name\":null,\"price\":1.50}} []",
                        "zoo.public.c {\"id\":2} " + row.formatted("d") + "} []",
                        "zoo.public.c {\"id\":2} null [localcdc=" + header + "}]",
                        "zoo.control {\"truncate\":\"public.c\"} " + head.formatted("t") + "} []",
                        "zoo.control {\"message\":\"localcdc\"} {\"localcdc\":1,\"op\":\"m\",\"ts_us\":N,\"source\":"
                                + "{\"lsn\":N,\"txId\":null,\"ts_us\":N},\"prefix\":\"localcdc\",\"contentBase64\":\"/wA=\"} []",
                        "zoo.control {\"message\":\"localcdc\"} {\"localcdc\":1,\"op\":\"m\",\"ts_us\":N,\"source\":"
                                + "{\"lsn\":N,\"txId\":N,\"ts_us\":N},\"prefix\":\"localcdc\",\"content\":\"end\"} []");
    }

    @Test
    void writesTheRowsOfASnapshotInTheSameForm() throws Exception {
        // Given
        database.execute("CREATE TABLE c (id int PRIMARY KEY, name text)", "INSERT INTO c VALUES (1, 'a'), (2, 'b')");

        // When
        List<String> written;
        try (var engine = RunningEngine.withSnapshot(database, "public.c", "", settings())) {
            engine.awaitRecord("last row of the snapshot", sent -> text(sent).contains("{\"id\":2}"));
            database.execute("UPDATE c SET name = 'c' WHERE id = 1");
            written = texts(engine.awaitRecord("update", sent -> text(sent).contains("\"c\"}}")));
        }

        // Then
        var head =
                "zoo.public.c {\"id\":%d} {\"localcdc\":1,\"op\":\"%s\",\"ts_us\":N,\"source\":{\"schema\":\"public\","
                        + "\"table\":\"c\",\"lsn\":N,\"txId\":N,\"ts_us\":N},\"shape\":\"S\",\"key\":[\"int4\"],\"after\":";
        assertThat(written)
                .containsExactly(
                        head.formatted(1, "r") + "{\"id\":1,\"name\":\"a\"}} []",
                        head.formatted(2, "r") + "{\"id\":2,\"name\":\"b\"}} []",
                        head.formatted(1, "u") + "{\"id\":1,\"name\":\"c\"}} []");
    }

    @Test
    void looksUpTheTypesThatSomebodyMade() throws Exception {
        // Given
        database.execute(
                "CREATE EXTENSION citext",
                "CREATE EXTENSION hstore",
                "CREATE TYPE mood AS ENUM ('so so', 'well')",
                "CREATE TYPE pair AS (x int, m mood)",
                "CREATE DOMAIN price AS numeric(10,2)",
                "CREATE DOMAIN dear AS price CHECK (VALUE > 1)",
                "CREATE DOMAIN twin AS pair",
                "CREATE DOMAIN few AS int[]",
                "CREATE TYPE span AS RANGE (subtype = timestamptz)",
                """
                CREATE TABLE own (m mood, c citext, p pair, d dear, w twin, ms mood[], ps pair[], ds price[], cs citext[],
                                  f few, h hstore, s span, PRIMARY KEY (m, c, d))
                """);

        // When
        var written = stream("public.own", """
                INSERT INTO own VALUES ('so so', 'Abc', '(1,well)', 2.5, '(2,)', '{well,NULL}', '{"(3,well)",NULL}', '{1.5}',
                        '{A}', '{1,2}', 'a=>1', '[2020-01-01 00:00+02,)')
                """);

        // Then
        assertThat(written.get(0))
                .contains(
                        " {\"m\":\"so so\",\"c\":\"Abc\",\"d\":2.50} ",
                        "\"key\":[\"other\",\"citext",
                        ",\"numeric\"]",
                        "\"p\":{\"x\":1,\"m\":\"well\"}",
                        "\"w\":{\"x\":2,\"m\":null}",
                        "\"ms\":[\"well\",null]",
                        "\"ps\":[{\"x\":3,\"m\":\"well\"},null]",
                        "\"ds\":[1.50]",
                        "\"cs\":[\"A\"]",
                        "\"f\":[1,2]",
                        "\"h\":{\"a\":\"1\"}",
                        "\"s\":\"[\\\"2019-12-31 22:00:00+00\\\",)\"");
    }

    @Test
    void readsUnchangedLargeValuesAgain() throws Exception {
        // Given
        database.execute(
                "CREATE EXTENSION citext",
                """
                CREATE TABLE toast (b bigint, c citext, n numeric, z timestamptz, y bytea, f real, v bool, i uuid,
                        big text, j json, jb jsonb, a int[], note text, PRIMARY KEY (c, b, n, z, y, f, v, i))
                """,
                "ALTER TABLE toast ALTER big SET STORAGE EXTERNAL, ALTER j SET STORAGE EXTERNAL,"
                        + " ALTER jb SET STORAGE EXTERNAL, ALTER a SET STORAGE EXTERNAL",
                "INSERT INTO toast SELECT 9007199254740993, 'It''s \"q\"', 1.50, '2020-01-01 00:00:00.5+02', '\\x00ff', 0.1,"
                        + " true, '00000000-0000-0000-0000-000000000001', " + BIG + ", ('{\"b\": 1.0,\"a\":\"' || "
                        + BIG
                        + " || '\\u0000\"}')::json, jsonb_build_object('b', 1, 'a', " + BIG + "),"
                        + " (SELECT array_agg(1) FROM generate_series(1, 3000))");

        // When
        var written = stream("public.toast", "UPDATE toast SET note = 'x'");

        // Then
        var x = "x".repeat(5000);
        assertThat(written.get(0))
                .contains(",\"reread\":[\"big\",\"j\",\"jb\",\"a\"],\"after\":")
                .contains("\"big\":\"" + x + "\"")
                .contains("\"j\":{\"b\":1.0,\"a\":\"" + x + "\\u0000\"}")
                .contains("\"jb\":{\"a\":\"" + x + "\",\"b\":1}")
                .contains("\"a\":[1,1,1,")
                .contains("\"note\":\"x\"")
                .doesNotContain("unavailable");
    }

    @Test
    void saysUnavailableWhereARowOrColumnIsNotThereAnyMore() throws Exception {
        // Given
        database.execute(
                "CREATE TABLE toast (id int PRIMARY KEY, n int, big text, other text)",
                "ALTER TABLE toast ALTER big SET STORAGE EXTERNAL, ALTER other SET STORAGE EXTERNAL",
                "INSERT INTO toast SELECT i, 0, " + BIG + " FROM generate_series(1, 3) i");

        // When
        List<String> written;
        try (var engine = RunningEngine.streaming(database, "public.toast", "", settings())) {
            database.execute(
                    "BEGIN; UPDATE toast SET n = 1 WHERE id = 1; DELETE FROM toast WHERE id = 1; COMMIT",
                    "UPDATE toast SET n = 2 WHERE id = 2");
            engine.awaitRecord("second update", sent -> text(sent).contains("\"n\":2"));
            database.execute(
                    "BEGIN; UPDATE toast SET n = 3 WHERE id = 3; ALTER TABLE toast ALTER big TYPE varchar; COMMIT",
                    "UPDATE toast SET n = 4 WHERE id = 3",
                    END);
            written = texts(engine.awaitRecord("end", CanonicalRecordIT::isEnd));
        }

        // Then
        assertThat(written.get(0)).contains("\"unavailable\":[\"big\"],\"after\":{\"id\":1,\"n\":1,\"other\":null}}");
        assertThat(written.get(3)).contains("\"reread\":[\"big\"],\"after\":{\"id\":2,\"n\":2,\"big\":\"xxx");
        assertThat(written.get(4)).contains("\"unavailable\":[\"big\"],\"after\":{\"id\":3,\"n\":3,\"other\":null}}");
        assertThat(written.get(5)).contains("\"reread\":[\"big\"],\"after\":{\"id\":3,\"n\":4,\"big\":\"xxx");
    }

    @Test
    void readsAgainOverANewConnectionWhenItsOwnIsLost() throws Exception {
        // Given
        var ours = " FROM pg_stat_activity WHERE application_name LIKE '%localcdc reread' AND datname = '"
                + database.name() + "'";
        database.execute(
                "CREATE TABLE toast (id int PRIMARY KEY, n int, big text)",
                "ALTER TABLE toast ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO toast SELECT 1, 0, " + BIG);

        // When
        List<SourceRecord> records;
        try (var engine = RunningEngine.streaming(database, "public.toast", "", settings())) {
            database.execute("UPDATE toast SET n = 1");
            engine.awaitRecord("first update", sent -> text(sent).contains("\"n\":1"));
            var state = database.query("SELECT state" + ours);
            assertThat(state).containsExactly("idle");
            database.query("SELECT pg_terminate_backend(pid)" + ours);
            Awaitility.await("its backend has gone")
                    .until(() -> database.query("SELECT 1" + ours).isEmpty());
            database.execute("UPDATE toast SET n = 2");
            records = engine.awaitRecord("second update", sent -> text(sent).contains("\"n\":2"));
        }

        // Then
        assertThat(text(records.get(records.size() - 1))).contains("\"reread\":[\"big\"]");
        assertThat(database.query("SELECT 1" + ours)).isEmpty();
    }

    /** The log has a commit before other sessions see it; a missing standby makes that moment long. */
    @Test
    void waitsUntilOthersSeeARowWhoseKeyHasChanged() throws Exception {
        database.execute(
                "CREATE TABLE c (id int PRIMARY KEY, big text)",
                "ALTER TABLE c ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO c VALUES (1, " + BIG + ")");
        try (var engine = RunningEngine.streaming(database, "public.c", "", settings())) {
            database.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
            CompletableFuture<Void> update;
            try {
                update = CompletableFuture.runAsync(() -> database.execute("UPDATE c SET id = 2"));
                Awaitility.await()
                        .until(() -> !database.query("SELECT 1 FROM pg_stat_activity WHERE application_name LIKE"
                                        + " '%localcdc reread' AND query LIKE '%pg_visible_in_snapshot%'")
                                .isEmpty());
            } finally {
                database.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
            }
            update.join();
            database.execute(END);

            assertThat(texts(engine.awaitRecord("end", CanonicalRecordIT::isEnd)))
                    .anyMatch(text -> text.contains("\"reread\":[\"big\"]") && text.contains("\"id\":2,\"big\":\"xxx"));
        }
    }

    @Test
    void givesAChangedTableAnotherShape() throws Exception {
        // Given
        database.execute("CREATE TABLE s (id int PRIMARY KEY, n int)");

        // When
        var shapes = new HashMap<String, String>();
        try (var engine = RunningEngine.streaming(database, "public.s", "", settings())) {
            for (var change : List.of("ADD m text", "ALTER n TYPE bigint", "DROP m", "ALTER n TYPE int")) {
                database.execute("INSERT INTO s VALUES (0)", "DELETE FROM s", "ALTER TABLE s " + change);
            }
            database.execute("INSERT INTO s VALUES (0)", END);
            for (var sent : engine.awaitRecord("end", CanonicalRecordIT::isEnd)) {
                var after =
                        Pattern.compile("\"shape\":\"(.*?)\".*\"after\":(.*)").matcher(utf8(sent.value()));
                if (after.find()) {
                    shapes.merge(after.group(1), after.group(2), (one, other) -> one.equals(other) ? one : "differs");
                }
            }
        }

        // Then: the last look of the table is its first
        assertThat(shapes).hasSize(4).doesNotContainValue("differs");
        assertThat(shapes.values().stream().filter(row -> row.contains("\"m\"")))
                .hasSize(2);
    }

    @Test
    void findsRowsByTheKeysIndex() throws Exception {
        // Given
        database.execute(
                "CREATE EXTENSION citext",
                "CREATE TYPE mood AS ENUM ('a', 'b')",
                "CREATE TABLE i (c citext, m mood, b char(3), z timestamptz, n numeric(9,2), big text, PRIMARY KEY (z, c, m, b, n))",
                "INSERT INTO i SELECT 'c' || i, 'a', 'b', now(), i, 'x' FROM generate_series(1, 20000) i",
                "ANALYZE i");
        var values = new LinkedHashMap<String, String>();
        values.put("c", "\"c1\"");
        values.put("m", "\"a\"");
        values.put("b", "\"b  \"");
        values.put("z", "\"2020-01-01T00:00:00+00:00\"");
        values.put("n", "1.50");
        var row = DebeziumRecords.struct("Value", "big", DebeziumRecords.column("text"));

        // When
        try (var connection = database.connect()) {
            connection
                    .createStatement()
                    .execute("SET search_path = pg_catalog; SET plan_cache_mode = force_generic_plan");
            var query = RereadTable.of(connection, new TableId("public", "i"), DebeziumRecords.key(values.keySet()))
                    .orElseThrow()
                    .query(row, List.of("big"))
                    .orElseThrow();
            var plan = new StringBuilder();
            try (var statement = connection.prepareStatement("EXPLAIN " + query.sql())) {
                var parameter = 1;
                for (var value : values.values()) {
                    statement.setString(parameter++, value);
                }
                var lines = statement.executeQuery();
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }

            // Then
            assertThat(plan.toString()).contains("Index Scan using i_pkey").doesNotContain("Filter");
        }
    }

    /** What is written until the end of these statements, with what differs from run to run left out. */
    private List<String> stream(String table, String... statements) throws IOException {
        try (var engine = RunningEngine.streaming(database, table, "", settings())) {
            database.execute(statements);
            database.execute(END);
            return texts(engine.awaitRecord("end", CanonicalRecordIT::isEnd));
        }
    }

    private static List<String> texts(List<SourceRecord> records) {
        return records.stream().map(CanonicalRecordIT::text).toList();
    }

    private static boolean isEnd(SourceRecord sent) {
        return text(sent).contains("\"content\":\"end\"");
    }

    private Map<String, String> settings() {
        var settings = new HashMap<>(Map.of(
                "tombstones.on.delete", "true",
                "skipped.operations", "none",
                "message.prefix.include.list", "localcdc",
                "sourceinfo.struct.maker", BriefSourceInfoStructMaker.class.getName(),
                "event.processing.failure.handling.mode", "fail",
                "post.processors", "reread",
                "post.processors.reread.type", RereadUnchanged.class.getName(),
                "transforms", "record",
                "transforms.record.type", CanonicalRecord.class.getName()));
        var server = database.server();
        settings.put("canonical.database.hostname", server.host());
        settings.put("canonical.database.port", Integer.toString(server.port()));
        settings.put("canonical.database.dbname", database.name());
        settings.put("canonical.database.user", server.user());
        settings.put("canonical.database.password", server.password());
        return settings;
    }

    private static String text(SourceRecord sent) {
        var headers = StreamSupport.stream(sent.headers().spliterator(), false)
                .map(header -> header.key() + "=" + header.value())
                .toList();
        return (sent.topic() + " " + utf8(sent.key()) + " " + utf8(sent.value()) + " " + headers)
                .replaceAll("\"(ts_us|lsn|txId)\":[0-9]+", "\"$1\":N")
                .replaceAll("\"shape\":\"[0-9a-f]{16}\"", "\"shape\":\"S\"");
    }

    private static String utf8(Object bytes) {
        return bytes == null ? "null" : new String((byte[]) bytes, StandardCharsets.UTF_8);
    }
}
