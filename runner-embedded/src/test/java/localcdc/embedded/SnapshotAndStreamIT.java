package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import localcdc.core.event.Operation;
import localcdc.core.source.SourceState;
import localcdc.embedded.server.Engine;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What changes mean, from the first snapshot on. */
@ParameterizedClass
@EnumSource(Engine.class)
class SnapshotAndStreamIT {

    @Parameter
    private Engine engine;

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
    void meetsTheStreamWithoutGapOrOverlapWhileOthersWrite() throws Exception {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT g, 0 FROM generate_series(1, 3000) g");
        var stop = new AtomicBoolean();
        var failure = new AtomicLong();
        var writer = new Thread(() -> {
            try (var connection = database.connect();
                    var statement = connection.createStatement()) {
                for (int i = 0; !stop.get(); i++) {
                    statement.execute("UPDATE t SET v = v + 1 WHERE id % 97 = " + i % 97);
                    statement.execute("INSERT INTO t VALUES (" + (10_000 + i) + ", 1)");
                    statement.execute("DELETE FROM t WHERE id = " + (10_000 + i / 2));
                }
            } catch (SQLException e) {
                failure.incrementAndGet();
            }
        });
        writer.start();
        try (var path = RunningPath.start(engine, database, "public.t")) {
            stop.set(true);
            writer.join();
            path.catchUp();

            path.assertEqualsPostgres("public.t");
            assertThat(failure).hasValue(0);
        } finally {
            stop.set(true);
        }
    }

    @Test
    void appliesATransactionThatWasOpenAcrossTheSnapshot() throws Exception {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a'), (2, 'a'), (3, 'a')");
        try (var first = begin("UPDATE t SET v = 'first' WHERE id = 1");
                var path = RunningPath.begin(RunningPath.of(engine, RunningPath.settings(database), "public.t"))) {
            // The slot's creation waits for the first transaction; a second one opens while it waits, and is waited for
            // too.
            await().until(() -> !database.query(
                            "SELECT 1 FROM pg_replication_slots WHERE database = current_database()")
                    .isEmpty());
            try (var second = begin("UPDATE t SET v = 'second' WHERE id = 2")) {
                first.commit();
                try (var third = begin("UPDATE t SET v = 'third' WHERE id = 3")) {
                    second.commit();
                    path.awaitReady();
                    third.commit();
                }
            }
            path.catchUp();

            assertThat(path.rows("public.t").values())
                    .containsExactly(
                            "{\"id\":1,\"v\":\"first\"}", "{\"id\":2,\"v\":\"second\"}", "{\"id\":3,\"v\":\"third\"}");
        }
    }

    private Connection begin(String sql) throws SQLException {
        var connection = database.connect();
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    @Test
    void followsInsertsUpdatesDeletesKeyChangesAndRollbacks() throws Exception {
        database.execute(
                "CREATE TABLE t (a int, b text, v text, PRIMARY KEY (b, a)); INSERT INTO t VALUES (1, 'x', 'old')");
        try (var path = RunningPath.start(engine, database, "public.t")) {
            database.execute(
                    "INSERT INTO t VALUES (2, 'y', NULL), (3, '', '')",
                    "UPDATE t SET v = 'new' WHERE a = 1",
                    "UPDATE t SET a = 20, b = 'moved' WHERE a = 2",
                    "BEGIN; INSERT INTO t VALUES (4, 'gone', ''); ROLLBACK",
                    "BEGIN; INSERT INTO t VALUES (5, 'kept', ''); SAVEPOINT s; DELETE FROM t; ROLLBACK TO s; COMMIT",
                    "DELETE FROM t WHERE a = 3");
            path.catchUp();

            path.assertEqualsPostgres("public.t");
            assertThat(path.rows("public.t"))
                    .containsOnlyKeys(
                            "{\"b\":\"x\",\"a\":1}", "{\"b\":\"moved\",\"a\":20}", "{\"b\":\"kept\",\"a\":5}");
        }
    }

    @Test
    void truncatesSeveralTablesAtOnceWithCascadeAndRestartIdentity() throws Exception {
        database.execute("""
                CREATE TABLE parent (id serial PRIMARY KEY, v text);
                CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent);
                CREATE TABLE other (id int PRIMARY KEY);
                INSERT INTO parent (v) VALUES ('a'), ('b'); INSERT INTO child VALUES (1, 1); INSERT INTO other VALUES (1)""");
        try (var path = RunningPath.start(engine, database)) {
            database.execute("TRUNCATE parent, other RESTART IDENTITY CASCADE", "INSERT INTO parent (v) VALUES ('c')");
            path.catchUp();

            path.assertEqualsPostgres("public.parent", "public.child", "public.other");
            assertThat(path.rows("public.parent")).containsOnlyKeys("{\"id\":1}");
            assertThat(path.detail("rebuilds")).isEqualTo(0L);
        }
    }

    @Test
    void keepsLargeValuesThatAnUpdateDidNotTouch() throws Exception {
        database.execute("""
                CREATE TABLE d (id int PRIMARY KEY, n int, big text, doc jsonb, raw bytea, list text[]);
                CREATE TABLE f (LIKE d INCLUDING ALL); ALTER TABLE f REPLICA IDENTITY FULL;
                ALTER TABLE d ALTER big SET STORAGE EXTERNAL, ALTER doc SET STORAGE EXTERNAL, ALTER raw SET STORAGE EXTERNAL,
                  ALTER list SET STORAGE EXTERNAL""");
        String large =
                "repeat('ä', 300000), jsonb_build_object('k', repeat('x', 9000)), decode(repeat('00ff', 9000), 'hex'),"
                        + " ARRAY[repeat('y', 9000)]";
        database.execute("INSERT INTO d SELECT 1, 0, " + large, "INSERT INTO f SELECT 1, 0, " + large);
        try (var path = RunningPath.start(engine, database)) {
            database.execute(
                    "INSERT INTO d SELECT 2, 0, " + large,
                    "UPDATE d SET n = n + 1",
                    "UPDATE d SET id = id + 100",
                    "UPDATE d SET n = n + 1, big = '__debezium_unavailable_value' WHERE id = 101",
                    "UPDATE f SET n = n + 1",
                    "UPDATE f SET id = 7");
            path.catchUp();

            path.assertEqualsPostgres("public.d", "public.f");
            assertThat(path.pipeline().reader().unavailableValues()).isZero();
        }
    }

    @Test
    void findsRowsAgainByKeysThatAreStoredOutOfLine() throws Exception {
        database.execute("""
                CREATE TABLE k (id text, n int, v text, PRIMARY KEY (id, n)); ALTER TABLE k ALTER id SET STORAGE EXTERNAL;
                CREATE TABLE kf (LIKE k INCLUDING ALL); ALTER TABLE kf REPLICA IDENTITY FULL;
                INSERT INTO k SELECT string_agg(md5(g::text || i), ''), g, 'read'
                  FROM generate_series(1, 3) g, generate_series(1, 75) i GROUP BY g;
                INSERT INTO kf SELECT * FROM k""");
        try (var path = RunningPath.start(engine, database)) {
            database.execute(
                    "UPDATE k SET v = 'changed' WHERE n < 3",
                    "UPDATE kf SET v = 'changed'",
                    "UPDATE k SET n = 20 WHERE n = 2",
                    "DELETE FROM k WHERE n = 1",
                    "DELETE FROM kf WHERE n = 1");
            path.catchUp();

            path.assertEqualsPostgres("public.k", "public.kf");
        }
    }

    @Test
    void ignoresWhatTheNullAndTheDefaultMightConfuse() throws Exception {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, v text DEFAULT 'dflt', n int DEFAULT 7, l varbit DEFAULT B'01')");
        try (var path = RunningPath.start(engine, database, "public.t")) {
            database.execute(
                    "INSERT INTO t VALUES (1, NULL, NULL, NULL)",
                    "INSERT INTO t (id) VALUES (2)",
                    "UPDATE t SET v = NULL WHERE id = 2");
            path.catchUp();

            path.assertEqualsPostgres("public.t");
        }
    }

    @Test
    void readsPartitionedTablesAsOneAndFollowsRowsBetweenPartitions() throws Exception {
        database.execute("""
                CREATE TABLE p (id int, region text, v text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
                CREATE TABLE p_eu PARTITION OF p FOR VALUES IN ('eu');
                CREATE TABLE p_us PARTITION OF p FOR VALUES IN ('us');
                INSERT INTO p VALUES (1, 'eu', 'a'), (2, 'us', 'b')""");
        try (var path = RunningPath.start(engine, database)) {
            database.execute(
                    "INSERT INTO p VALUES (3, 'eu', 'c')",
                    "UPDATE p SET region = 'us' WHERE id = 1",
                    "UPDATE p SET v = 'changed' WHERE id = 2",
                    "DELETE FROM p WHERE id = 3");
            path.catchUp();

            path.assertEqualsPostgres("public.p");
            assertThat(path.pipeline().reader().tables()).hasSize(1);
        }
    }

    @Test
    void carriesNamesOfEveryKind() throws Exception {
        database.execute("""
                CREATE SCHEMA "Odd Schema";
                CREATE TABLE "Odd Schema"."Täble-Nr. 1, 'x'" ("Id" int PRIMARY KEY, "spalte mit ""quotes\""" text, "😀" int, "a,b" text);
                CREATE TABLE "Odd Schema"."a.b" (id int PRIMARY KEY);
                CREATE TABLE "Odd Schema"."A.B" (id int PRIMARY KEY);
                INSERT INTO "Odd Schema"."Täble-Nr. 1, 'x'" VALUES (1, 'snapshot', 1, 'x')""");
        try (var path = RunningPath.start(engine, database)) {
            database.execute(
                    "INSERT INTO \"Odd Schema\".\"Täble-Nr. 1, 'x'\" VALUES (2, 'streamed', 2, NULL)",
                    "INSERT INTO \"Odd Schema\".\"a.b\" VALUES (5)",
                    "INSERT INTO \"Odd Schema\".\"A.B\" VALUES (6)");
            path.catchUp();

            path.assertEqualsPostgres("Odd Schema.Täble-Nr%2E 1, 'x'", "Odd Schema.a%2Eb", "Odd Schema.A%2EB");
        }
    }

    @Test
    void carriesEveryPlaneOfUnicodeAndEmptyAgainstNull() throws Exception {
        database.execute("CREATE TABLE t (id text PRIMARY KEY, v text)");
        try (var path = RunningPath.start(engine, database, "public.t")) {
            database.execute("""
                    INSERT INTO t SELECT chr(c), 'x' || chr(c) || E'\\t\\n\\\\' || chr(34) FROM unnest(ARRAY[1, 8, 31, 34, 92, 127, 128, 2047,
                      2048, 55295, 57344, 65533, 65535, 65536, 131072, 196608, 917504, 1114111]) c;
                    INSERT INTO t VALUES ('', ''), ('null', NULL), ('mb', repeat('m', 1048576))""");
            path.catchUp();

            path.assertEqualsPostgres("public.t");
        }
    }

    @Test
    void isReadyOnceEverythingCommittedAtTheStartIsApplied() throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (var path = RunningPath.start(engine, database)) {
            assertThat(path.pipeline().state()).isEqualTo(SourceState.STREAMING);
            assertThat(path.pipeline().caughtUp()).isCompleted();
            long before = path.pipeline().position();
            database.execute("INSERT INTO t VALUES (1)");

            // Nobody asks: the position moves on by itself.
            await().atMost(RunningPath.PATIENCE).until(() -> path.pipeline().position() > before);
            assertThat(path.pipeline().latency().percentiles().count()).isEqualTo(1);
        }
    }

    @Test
    void tellsWhereTheTimeOfStreamedChangesGoes() throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 100)");
        try (var path = RunningPath.start(engine, database)) {
            assertThat(path.pipeline().lastChange())
                    .as("a snapshot's rows have no way")
                    .isEmpty();

            database.execute("INSERT INTO t VALUES (101), (102)", "DELETE FROM t WHERE id = 7");
            path.catchUp();

            var stages = path.pipeline().stages();
            assertThat(stages.names())
                    .containsExactly("commitToCaptured", "capturedToApplied")
                    .allMatch(stage -> stages.latency(stage).percentiles().count() == 3);
            var last = path.pipeline().lastChange().orElseThrow();
            assertThat(last.table()).hasToString("public.t");
            assertThat(last.operation()).isEqualTo(Operation.DELETE);
            assertThat(last.commitTime()).isBetween(Instant.now().minusSeconds(60), Instant.now());
            assertThat(last.stagesMillis().values()).hasSize(2).allMatch(millis -> millis < 60_000);
            assertThat(last.totalMillis()).isBetween(0.0, 60_000.0);
        }
    }
}
