package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;
import localcdc.core.index.IndexReader;
import localcdc.core.index.LatestState;
import localcdc.core.index.RowId;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.Selection;
import localcdc.stack.LocalPostgres;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.Test;

/** What the direct engine gives beyond what both engines do. */
class DirectStreamIT {

    private static final int QUESTIONS = 10_000;
    private static final long MONEY = 2000;

    private static RunningPath start(TestDatabase database, String... tables) throws Exception {
        return RunningPath.start(Engine.DIRECT, database, tables);
    }

    private static RowId row(String table, long key) {
        return new RowId(TableId.parse(table), PrimaryKey.of(key));
    }

    private static long number(LatestState state) {
        return Long.parseLong(state.row().json(1));
    }

    @Test
    void showsATransactionOfTwoTablesAtOnce() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute(
                    "CREATE TABLE a (id int PRIMARY KEY, v bigint)",
                    "CREATE TABLE b (id int PRIMARY KEY, v bigint)",
                    "INSERT INTO a VALUES (1, 1000)",
                    "INSERT INTO b VALUES (1, 1000)");
            try (var path = start(database)) {
                var moving = new AtomicBoolean(true);
                var mover = CompletableFuture.supplyAsync(() -> moved(database, moving));
                var reader = path.pipeline().reader();
                var both = List.of(row("public.a", 1), row("public.b", 1));
                long off = LongStream.range(0, QUESTIONS)
                        .filter(i -> sum(reader, both) != MONEY)
                        .count();
                await().atMost(RunningPath.PATIENCE)
                        .until(() -> path.pipeline().latency().percentiles().count() > 1000);
                moving.set(false);

                assertThat(off).as("of %d sums", QUESTIONS).isZero();
                assertThat(mover.get()).isGreaterThan(500);
                path.catchUp();
                path.assertEqualsPostgres("public.a", "public.b");
            }
        }
    }

    private static long sum(IndexReader reader, List<RowId> rows) {
        return reader.together(rows).stream().mapToLong(DirectStreamIT::number).sum();
    }

    /** Moves money between the tables until it is told to stop; how often. */
    private static int moved(TestDatabase database, AtomicBoolean moving) {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            int times = 0;
            while (moving.get()) {
                int amount = times % 100 - 50;
                statement.execute("UPDATE a SET v = v - " + amount + "; UPDATE b SET v = v + " + amount);
                times++;
            }
            return times;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void goesOnAfterItWasCutInTheMiddleOfALargeTransaction() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute("CREATE TABLE t (id int PRIMARY KEY, v int, big text)");
            try (var path = start(database)) {
                var cutting = new AtomicBoolean(true);
                var cutter = CompletableFuture.runAsync(() -> {
                    // Three times while it is read, whenever the stream is there.
                    for (int cuts = 0; cuts < 3 && cutting.get(); ) {
                        cuts += database.query("SELECT pg_terminate_backend(pid)::text FROM pg_stat_replication"
                                        + " WHERE application_name = '" + DirectStream.APPLICATION
                                        + "' AND sent_lsn < pg_current_wal_lsn()")
                                .size();
                    }
                });
                database.execute("INSERT INTO t SELECT g, 0, repeat('x', 200) FROM generate_series(1, 100000) g");
                path.catchUp();
                cutting.set(false);
                cutter.get();
                path.catchUp();

                path.assertEqualsPostgres("public.t");
                assertThat(path.detail("rebuilds")).isEqualTo(0L);
            }
        }
    }

    /** The server begins at the slot's place then, and says nothing of what it leaves out. */
    @Test
    void readsNothingFromASlotThatStandsBehindWhatIsApplied() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            var postgres = RunningPath.settings(database);
            database.execute("CREATE PUBLICATION p FOR ALL TABLES", "CREATE TABLE t (id int PRIMARY KEY)");
            var slot = "moved_" + database.name();
            long applied;
            try (var exported = ExportedSlot.connect(postgres)) {
                exported.create(slot);
                applied = exported.consistentPoint();
            }
            try {
                database.execute(
                        "INSERT INTO t VALUES (1)",
                        "SELECT pg_replication_slot_advance('" + slot + "', pg_current_wal_lsn())",
                        "INSERT INTO t VALUES (2)");
                var selection = new Selection(List.of(), List.of(), List.of(), List.of(), List.of());
                var generation = new Generation(slot, "p", "", selection, List.of(), applied);
                var received = new AtomicBoolean();
                var stream = DirectStream.start(postgres, generation, applied, receiver(() -> received.set(true)));
                try {
                    await().atMost(RunningPath.PATIENCE).until(() -> stream.end() != null);
                    assertThat(stream.end().message()).isEqualTo("somebody else has moved slot " + slot + " on");
                    assertThat(received).isFalse();
                } finally {
                    stream.close(RunningPath.PATIENCE);
                }
            } finally {
                database.execute("SELECT pg_drop_replication_slot('" + slot + "')");
            }
        }
    }

    /** One that only says that there was something. */
    private static ChangeReceiver receiver(Runnable received) {
        return (ChangeReceiver) Proxy.newProxyInstance(
                DirectStreamIT.class.getClassLoader(), new Class<?>[] {ChangeReceiver.class}, (proxy, method, args) -> {
                    received.run();
                    return null;
                });
    }

    @Test
    void carriesWhatDebeziumCannot() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute(
                    "CREATE TABLE \"a \"\"quoted\"\" name\" (id int PRIMARY KEY, \"ID\" text, \"'q'\" timetz[], z timetz)",
                    "INSERT INTO \"a \"\"quoted\"\" name\" VALUES (1, 'x', '{12:00:00+05:30,NULL}', '23:59:59.5-08')",
                    "CREATE TYPE nothing AS ENUM ()",
                    "CREATE TABLE i (id int PRIMARY KEY, v interval)");
            try (var path = start(database)) {
                database.execute(
                        "INSERT INTO \"a \"\"quoted\"\" name\" VALUES (2, 'y', NULL, '00:00:00+14')",
                        "UPDATE \"a \"\"quoted\"\" name\" SET \"ID\" = 'z', z = '24:00:00-15:59' WHERE id = 1",
                        "INSERT INTO i VALUES (1, '2562047788 hours'), (2, '-178000000 years')");
                if (Integer.parseInt(database.query("SHOW server_version_num").get(0)) >= 170_000) {
                    database.execute("INSERT INTO i VALUES (3, 'infinity'), (4, '-infinity')");
                }
                path.catchUp();

                path.assertEqualsPostgres("public.a \"quoted\" name", "public.i");
            }
        }
    }

    @Test
    void staysConnectedWhileNothingHappensHoweverImpatientTheServer() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute(
                    "CREATE TABLE t (id int PRIMARY KEY)",
                    "ALTER DATABASE \"" + database.name() + "\" SET wal_sender_timeout = '1s'");
            try (var path = start(database)) {
                await().during(Duration.ofSeconds(3))
                        .atMost(RunningPath.PATIENCE)
                        .until(() -> path.pipeline().isReady());
                assertThat(path.detail("recoveries")).isEqualTo(0L);

                database.execute("INSERT INTO t SELECT generate_series(1, 10)");
                path.catchUp();
                path.assertEqualsPostgres("public.t");
                assertThat(path.detail("recoveries")).isEqualTo(0L);
            }
        }
    }

    @Test
    void whatACommitHasWaitedForIsInTheMap() throws Exception {
        try (var server = TestPostgres.privateServer(Map.of())) {
            execute(server, "CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 0)");
            var settings = new PgSettings(
                    server.host(), server.port(), "postgres", server.user(), server.password(), SslMode.PREFER);
            try (var path = RunningPath.start(RunningPath.of(Engine.DIRECT, settings, "public.t"));
                    var connection = server.connect("postgres");
                    var statement = connection.createStatement()) {
                statement.execute("ALTER SYSTEM SET synchronous_standby_names = '" + DirectStream.APPLICATION + "'");
                statement.execute("SELECT pg_reload_conf()");
                await().atMost(RunningPath.PATIENCE)
                        .until(() ->
                                isSynchronous(statement.executeQuery("SELECT sync_state FROM pg_stat_replication")));
                statement.execute("SET synchronous_commit = remote_apply");
                var reader = path.pipeline().reader();
                for (int i = 1; i <= 200; i++) {
                    statement.execute("UPDATE t SET v = " + i);

                    var now = reader.get(TableId.parse("public.t"), PrimaryKey.of(1));
                    assertThat(number(now.orElseThrow())).isEqualTo(i);
                }
                statement.execute("ALTER SYSTEM RESET synchronous_standby_names");
                statement.execute("SELECT pg_reload_conf()");
            }
        }
    }

    private static boolean isSynchronous(ResultSet states) throws SQLException {
        try (states) {
            return states.next() && states.getString(1).equals("sync");
        }
    }

    private static void execute(LocalPostgres server, String... statements) throws SQLException {
        try (var connection = server.connect("postgres");
                var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
