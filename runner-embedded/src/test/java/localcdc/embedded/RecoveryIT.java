package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.util.Map;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.core.source.SourceState;
import localcdc.embedded.server.Engine;
import localcdc.stack.LocalPostgres;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Cut connections, dropped slots, restarted servers: the map is right again, and what happened is told. */
@ParameterizedClass
@EnumSource(Engine.class)
class RecoveryIT {

    @Parameter
    private Engine engine;

    private static final String TABLE =
            "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT g, 0 FROM generate_series(1, 500) g";

    @Test
    void goesOnFromTheSlotWhenItsConnectionsAreCut() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute(TABLE);
            try (var path = RunningPath.start(engine, database)) {
                for (int round = 1; round <= 3; round++) {
                    long recoveries = (Long) path.detail("recoveries");
                    database.execute("UPDATE t SET v = v + 1", "DELETE FROM t WHERE id = " + round);
                    database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
                    database.execute("INSERT INTO t VALUES (" + (1000 + round) + ", 0)", "UPDATE t SET v = v + 1");
                    await().atMost(RunningPath.PATIENCE).until(() -> (Long) path.detail("recoveries") > recoveries);
                    path.catchUp();

                    path.assertEqualsPostgres("public.t");
                }
                assertThat(path.detail("rebuilds")).isEqualTo(0L);
                assertThat(slots(database)).hasSize(1);
            }
            assertThat(slots(database)).isEmpty();
        }
    }

    @Test
    void fillsTheMapAnewWhenSomebodyDropsItsSlot() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute(TABLE);
            try (var path = RunningPath.start(engine, database)) {
                // The slot can be dropped in the moment in which its reader is cut off.
                await().atMost(RunningPath.PATIENCE).ignoreExceptions().until(() -> {
                    database.execute("""
                            DO $$ DECLARE s record; BEGIN
                              FOR s IN SELECT * FROM pg_replication_slots WHERE database = current_database() LOOP
                                IF s.active_pid IS NOT NULL THEN PERFORM pg_terminate_backend(s.active_pid, 5000); END IF;
                                PERFORM pg_drop_replication_slot(s.slot_name);
                              END LOOP; END $$""");
                    return true;
                });
                database.execute("DELETE FROM t WHERE id < 100", "UPDATE t SET v = 7");
                await().atMost(RunningPath.PATIENCE)
                        .until(() -> path.detail("rebuilds").equals(1L));
                path.catchUp();

                path.assertEqualsPostgres("public.t");
                assertThat(slots(database)).hasSize(1);
            }
        }
    }

    @Test
    void fillsTheMapAnewWhenSomebodyMovesItsSlotOn() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute("CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 0)");
            try (var path = RunningPath.start(engine, database)) {
                await().atMost(RunningPath.PATIENCE).until(() -> {
                    moveTheSlotOn(database);
                    path.catchUp().assertEqualsPostgres("public.t");
                    return path.detail("rebuilds").equals(1L);
                });

                path.assertEqualsPostgres("public.t");
            }
        }
    }

    /** Writes a change and moves the slot behind it, in the moment in which its reader is cut off: it may be back sooner. */
    private static void moveTheSlotOn(TestDatabase database) throws SQLException {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("""
                    DO $$ DECLARE s record; BEGIN
                      SELECT * INTO s FROM pg_replication_slots WHERE database = current_database();
                      PERFORM pg_terminate_backend(s.active_pid, 5000);
                      UPDATE t SET v = v + 1;
                      COMMIT;
                      PERFORM pg_replication_slot_advance(s.slot_name, pg_current_wal_insert_lsn());
                    END $$""");
        } catch (SQLException e) {
            // 55006: its reader is back already; 57P01: it is, and has ended us as a reader that was in its way.
            assertThat(e.getSQLState()).isIn("55006", "57P01");
        }
    }

    @Test
    void survivesARestartAndACrashOfPostgres() throws Exception {
        try (var server = TestPostgres.privateServer(Map.of())) {
            execute(server, TABLE);
            var settings = new PgSettings(
                    server.host(), server.port(), "postgres", server.user(), server.password(), SslMode.PREFER);
            try (var path = RunningPath.start(RunningPath.of(engine, settings, "public.t"))) {
                execute(server, "UPDATE t SET v = 1");
                server.restart();
                execute(server, "UPDATE t SET v = 2; DELETE FROM t WHERE id = 1");
                path.catchUp();
                path.assertEqualsPostgres("public.t");

                execute(server, "UPDATE t SET v = 3; DELETE FROM t WHERE id = 2");
                server.kill();
                server.start();
                execute(server, "UPDATE t SET v = 4; DELETE FROM t WHERE id = 3");
                path.catchUp();
                path.assertEqualsPostgres("public.t");
                assertThat(path.pipeline().state()).isEqualTo(SourceState.STREAMING);
            }
        }
    }

    private static void execute(LocalPostgres server, String sql) throws Exception {
        try (var connection = server.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static java.util.List<String> slots(TestDatabase database) {
        return database.query("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()");
    }
}
