package localcdc.embedded.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import localcdc.core.source.SourceException;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class ReplicationSlotsIT {
    private TestDatabase database;
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        database = TestPostgres.shared().createDatabase();
        database.execute("CREATE TABLE t (id int PRIMARY KEY)");
        connection = database.connect();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        database.close();
    }

    private String makeSlot(String name) {
        database.query("SELECT pg_create_logical_replication_slot('" + name + "', 'pgoutput')");
        return name;
    }

    private static String uniqueName() {
        return "other_" + UUID.randomUUID().toString().replace("-", "");
    }

    /** A stream that uses the slot until its connection is closed. */
    private Connection use(String slot, String publication) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", database.server().user());
        properties.setProperty("password", database.server().password());
        properties.setProperty("replication", "database");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "14");
        Connection replication = DriverManager.getConnection(database.jdbcUrl(), properties);
        replication
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", publication)
                .start();
        return replication;
    }

    @Test
    void listsWhatASlotIsAndKeeps() throws SQLException {
        String name = makeSlot(ReplicationSlots.newOwnName());
        database.execute("INSERT INTO t SELECT generate_series(1, 1000)");

        var slot = ReplicationSlots.find(connection, name).orElseThrow();

        assertThat(slot.own()).isTrue();
        assertThat(slot.plugin()).isEqualTo("pgoutput");
        assertThat(slot.database()).isEqualTo(database.name());
        assertThat(slot.active()).isFalse();
        assertThat(slot.walStatus()).isEqualTo("reserved");
        assertThat(slot.retainedBytes()).isPositive();
        assertThat(slot.confirmedFlush()).isNotZero();
    }

    @Test
    void dropsAnInactiveSlotAndExplainsOthers() throws SQLException, SourceException {
        String name = makeSlot(uniqueName());
        database.execute("CREATE PUBLICATION p FOR TABLE t");
        try (var stream = use(name, "p")) {
            assertThatThrownBy(() -> ReplicationSlots.drop(connection, name))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("is in use by the server process");
            assertThat(stream.isClosed()).isFalse();
        }
        Awaitility.await()
                .until(() ->
                        !ReplicationSlots.find(connection, name).orElseThrow().active());

        assertThat(ReplicationSlots.drop(connection, name).name()).isEqualTo(name);

        assertThat(ReplicationSlots.find(connection, name)).isEmpty();
        assertThatThrownBy(() -> ReplicationSlots.drop(connection, name))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("There is no replication slot '" + name + "'");
    }

    @Test
    void sweepsWhatAKilledRunLeft() throws SQLException {
        String name = makeSlot(ReplicationSlots.newOwnName());
        String foreign = makeSlot(uniqueName());
        database.execute("CREATE PUBLICATION " + name + " FOR TABLE t", "CREATE PUBLICATION theirs FOR TABLE t");

        assertThat(ReplicationSlots.abandoned(connection))
                .extracting(ReplicationSlot::name)
                .containsExactly(name);
        var sweep = ReplicationSlots.sweepAbandoned(connection);

        assertThat(sweep.droppedSlots()).extracting(ReplicationSlot::name).containsExactly(name);
        assertThat(sweep.droppedPublications()).containsExactly(name);
        assertThat(sweep.notDropped()).isEmpty();
        assertThat(ReplicationSlots.find(connection, foreign)).isPresent();
        assertThat(database.query("SELECT pubname FROM pg_publication")).containsExactly("theirs");
        assertThat(ReplicationSlots.sweepAbandoned(connection).isEmpty()).isTrue();
        assertThat(database.query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                        + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"))
                .containsExactly("0");
    }

    @Test
    void sweepsOnceWhenTwoRunnersStartTogether() throws Exception {
        for (int i = 0; i < 10; i++) {
            makeSlot("localcdc_run_left_" + i + "_" + uniqueName().substring(0, 20));
        }
        try (var other = database.connect()) {
            var theirs = CompletableFuture.supplyAsync(() -> sweep(other));
            var ours = sweep(connection);

            assertThat(ours.droppedSlots().size()
                            + theirs.get(30, TimeUnit.SECONDS).droppedSlots().size())
                    .isEqualTo(10);
            assertThat(ReplicationSlots.abandoned(connection)).isEmpty();
        }
    }

    private static SlotSweep sweep(Connection connection) {
        try {
            return ReplicationSlots.sweepAbandoned(connection);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void leavesASiblingAloneThatReadsItsSnapshot() throws SQLException, SourceException {
        String name = ReplicationSlots.newOwnName();
        try (var owner = database.connect()) {
            ReplicationSlots.ownLock(owner, name);
            makeSlot(name);
            database.execute("CREATE PUBLICATION " + name + " FOR TABLE t");

            assertThat(ReplicationSlots.sweepAbandoned(connection).isEmpty()).isTrue();
            assertThat(ReplicationSlots.sweepAbandoned(owner).isEmpty()).isTrue();
            assertThatThrownBy(() -> ReplicationSlots.ownLock(connection, name))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("Another runner owns");
            assertThatThrownBy(() -> ReplicationSlots.drop(connection, name))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("by a runner that is reading its first snapshot");
            assertThat(ReplicationSlots.ownedHere(owner, ReplicationSlots.list(owner)))
                    .isEqualTo(1);
        }

        Awaitility.await().until(() -> !ReplicationSlots.hasOwner(connection, name));
        assertThat(ReplicationSlots.sweepAbandoned(connection).droppedSlots()).hasSize(1);
    }

    @Test
    void waitsForTheOwnerOfAnOlderSlotWhereTheServerWasStartedAMomentAgo() throws Exception {
        var prefix = ReplicationSlots.OWN_PREFIX;
        String older = makeSlot(prefix + "20200101_000000_" + uniqueName().substring(0, 20));
        database.execute("CREATE PUBLICATION " + older + " FOR TABLE t");
        try (var sweeper = database.connect();
                var owner = database.connect()) {
            var sweep = CompletableFuture.supplyAsync(() -> sweep(sweeper, Duration.ofDays(1000)));
            assertThatThrownBy(() -> sweep.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

            ReplicationSlots.ownLock(owner, older);

            assertThat(sweep.get(30, TimeUnit.SECONDS).isEmpty()).isTrue();
        }
        Awaitility.await().until(() -> !ReplicationSlots.hasOwner(connection, older));
        var later = ReplicationSlots.sweepAbandoned(connection, prefix, Duration.ZERO);
        assertThat(later.droppedSlots()).extracting(ReplicationSlot::name).containsExactly(older);
        assertThat(later.droppedPublications()).containsExactly(older);
    }

    @Test
    void waitsForNobodyWhereASlotIsYoungerOrItsNameTellsNoTime() throws SQLException {
        var prefix = ReplicationSlots.OWN_PREFIX;
        String younger = makeSlot(ReplicationSlots.newOwnName());
        String timeless = makeSlot(prefix + "99999999_999999_" + uniqueName().substring(0, 20));

        var sweep = ReplicationSlots.sweepAbandoned(connection, prefix, Duration.ofDays(1000));

        assertThat(sweep.droppedSlots()).extracting(ReplicationSlot::name).containsExactlyInAnyOrder(younger, timeless);
    }

    private static SlotSweep sweep(Connection connection, Duration within) {
        try {
            return ReplicationSlots.sweepAbandoned(connection, ReplicationSlots.OWN_PREFIX, within);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void leavesPublicationsOfOthersAndSaysSo() throws SQLException {
        String name = ReplicationSlots.newOwnName();
        database.execute("CREATE PUBLICATION " + name + " FOR TABLE t");
        try (var role = new TestRole(database, "REPLICATION");
                var reader = role.connect()) {
            var sweep = ReplicationSlots.sweepAbandoned(reader);

            assertThat(sweep.droppedPublications()).isEmpty();
            assertThat(sweep.notDropped()).singleElement().asString().contains(name, "must be owner");
        }
    }

    @Test
    void namesTheTransactionsThatASlotWouldWaitFor() throws SQLException {
        try (var writer = database.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("SET application_name = 'slow writer'");
            statement.execute("INSERT INTO t VALUES (1)");
            int pid = writer.unwrap(PGConnection.class).getBackendPID();

            List<OpenTransaction> blockers = ReplicationSlots.blockers(connection, 0);

            assertThat(blockers)
                    .filteredOn(one -> one.pid() == pid)
                    .singleElement()
                    .satisfies(one -> {
                        assertThat(one.toString()).startsWith("pid " + pid + " (slow writer, user ");
                        assertThat(one.age()).isPresent();
                    });
            assertThat(ReplicationSlots.blockers(connection, pid)).noneMatch(one -> one.pid() == pid);
            writer.rollback();
        }
    }
}
