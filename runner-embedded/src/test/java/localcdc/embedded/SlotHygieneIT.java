package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.ReplicationSlots;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** No slot that holds write-ahead log back: not on an idle database, not after a killed run, not after an end. */
@ParameterizedClass
@EnumSource(Engine.class)
class SlotHygieneIT {

    @Parameter
    private Engine engine;

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestPostgres.shared().createDatabase();
        database.execute("CREATE TABLE t (id int PRIMARY KEY)");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void movesTheSlotOnWhileOnlyAnotherDatabaseWrites() throws Exception {
        try (var path = RunningPath.start(engine, database);
                var other = TestPostgres.shared().createDatabase()) {
            other.execute("CREATE TABLE noise AS SELECT g, repeat('x', 1000) FROM generate_series(1, 5000) g");
            String written = other.query("SELECT pg_current_wal_lsn()::text").get(0);

            await().atMost(RunningPath.PATIENCE).until(() -> database.query("SELECT (confirmed_flush_lsn >= '" + written
                            + "')::text FROM pg_replication_slots WHERE database = current_database()")
                    .equals(List.of("true")));
            assertThat(path.pipeline().isReady()).isTrue();
        }
    }

    @Test
    void takesSlotAndPublicationAwayAtTheEnd() throws Exception {
        try (var path = RunningPath.start(engine, database)) {
            assertThat(slots()).hasSize(1);
            assertThat(publications()).hasSize(1);
            assertThat(path.pipeline().isReady()).isTrue();
        }

        assertThat(slots()).isEmpty();
        assertThat(publications()).isEmpty();
    }

    @Test
    void dropsWhatAKilledRunHasLeftAndNothingElse() throws Exception {
        String left = ReplicationSlots.newOwnName();
        database.execute(
                "SELECT pg_create_logical_replication_slot('" + left + "', 'pgoutput')",
                "CREATE PUBLICATION " + left + " FOR TABLE t",
                "CREATE PUBLICATION localcdc_inventory FOR TABLE t");

        try (var path = RunningPath.start(engine, database)) {
            assertThat(slots()).hasSize(1).doesNotContain(left);
            assertThat(publications()).hasSize(2).contains("localcdc_inventory").doesNotContain(left);
            assertThat(path.pipeline().isReady()).isTrue();
        }
        assertThat(publications()).containsExactly("localcdc_inventory");
    }

    @Test
    void endsWhileItWaitsForAnOpenTransactionAndLeavesNothing() throws Exception {
        try (var open = database.connect()) {
            open.setAutoCommit(false);
            try (var statement = open.createStatement()) {
                statement.execute("INSERT INTO t VALUES (1)");
            }
            var path = RunningPath.begin(RunningPath.of(engine, RunningPath.settings(database), "public.t"));
            await().atMost(RunningPath.PATIENCE).until(() -> !database.query(
                            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE_REPLICATION_SLOT%'")
                    .isEmpty());

            path.close();

            assertThat(slots()).isEmpty();
            assertThat(publications()).isEmpty();
        }
    }

    @Test
    void aTruncateThatQueuesWhileTablesAreReadStopsNobody() throws Exception {
        database.execute("INSERT INTO t SELECT generate_series(1, 200000)", "CREATE TABLE u (id int PRIMARY KEY)");
        for (int round = 0; round < 5; round++) {
            try (var path = RunningPath.begin(RunningPath.of(engine, RunningPath.settings(database)))) {
                for (int i = 0; i < 20; i++) {
                    database.execute("TRUNCATE u", "INSERT INTO u VALUES (" + i + ")");
                }
                path.awaitReady().catchUp();
                path.assertEqualsPostgres("public.u");
            }
        }
    }

    private List<String> slots() {
        return database.query("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()");
    }

    private List<String> publications() {
        return database.query("SELECT pubname FROM pg_publication");
    }
}
