package localcdc.embedded.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import localcdc.common.doctor.Finding;
import localcdc.core.source.SourceException;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DoctorIT {
    private static final DoctorInput DEFAULTS =
            new DoctorInput(List.of(), List.of(), Optional.empty(), Optional.empty(), Engine.DEBEZIUM);

    private TestDatabase database;

    @BeforeEach
    void open() {
        database = TestPostgres.shared().createDatabase();
        database.execute("CREATE SCHEMA shop", "CREATE TABLE shop.t (id int PRIMARY KEY, v text)");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static List<String> errors(Diagnosis diagnosis) {
        return diagnosis.errors().stream().map(Finding::check).toList();
    }

    @Test
    void findsAStockServerReady() throws SQLException, SourceException {
        try (var connection = database.connect()) {
            var diagnosis = Doctor.check(connection, DEFAULTS);

            assertThat(diagnosis.errors()).isEmpty();
            assertThat(diagnosis.requireReady().tables()).hasSize(1);
            assertThat(diagnosis.findings())
                    .extracting(Finding::check)
                    .containsSubsequence(
                            "version",
                            "primary",
                            "direct connection",
                            "wal_level",
                            "role",
                            "wal senders",
                            "wal_sender_timeout",
                            "max_slot_wal_keep_size",
                            "replication slots",
                            "abandoned slots",
                            "tables",
                            "select",
                            "row security",
                            "publication",
                            "open transactions",
                            "clock");
        }
    }

    @Test
    void tellsARoleEverythingItLacksAtOnce() throws SQLException {
        database.execute("ALTER TABLE shop.t ENABLE ROW LEVEL SECURITY");
        try (var role = new TestRole(database, "");
                var connection = role.connect()) {
            var diagnosis = Doctor.check(connection, DEFAULTS);

            assertThat(errors(diagnosis)).containsExactly("role", "select", "row security", "publication");
            assertThatThrownBy(diagnosis::requireReady)
                    .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.sentences())
                            .contains(
                                    "ALTER ROLE \"" + role.name() + "\" REPLICATION",
                                    "GRANT USAGE ON SCHEMA \"shop\" TO \"" + role.name() + "\"; GRANT SELECT ON"
                                            + " \"shop\".\"t\" TO \"" + role.name() + "\"",
                                    "ALTER ROLE \"" + role.name() + "\" BYPASSRLS",
                                    "CREATE PUBLICATION \"cdc\" FOR TABLE ONLY \"shop\".\"t\""));
        }
    }

    @Test
    void isContentWithALeastPrivilegedRoleAndAGivenPublication() throws SQLException {
        database.execute("CREATE PUBLICATION given FOR TABLE shop.t");
        try (var role = new TestRole(database, "REPLICATION")) {
            database.execute(
                    "GRANT USAGE ON SCHEMA shop TO " + role.name(), "GRANT SELECT (id, v) ON shop.t TO " + role.name());
            try (var connection = role.connect()) {
                var diagnosis = Doctor.check(
                        connection,
                        new DoctorInput(List.of(), List.of(), Optional.empty(), Optional.of("given"), Engine.DEBEZIUM));

                assertThat(diagnosis.errors()).isEmpty();
            }
        }
    }

    @Test
    void refusesASlotThatExistsAndNamesAbandonedOnes() throws SQLException {
        String left = ReplicationSlots.newOwnName();
        database.query("SELECT pg_create_logical_replication_slot('" + left + "', 'pgoutput')");
        try (var connection = database.connect()) {
            var diagnosis = Doctor.check(
                    connection,
                    new DoctorInput(List.of(), List.of(), Optional.of(left), Optional.empty(), Engine.DEBEZIUM));

            assertThat(errors(diagnosis)).containsExactly("slot name");
            assertThat(diagnosis.warnings())
                    .filteredOn(warning -> warning.check().equals("abandoned slots"))
                    .singleElement()
                    .satisfies(warning -> assertThat(warning.found()).contains(left));
        }
    }

    @Test
    void mentionsTablesWithLargeValues() throws SQLException {
        database.execute(
                "ALTER TABLE shop.t ALTER COLUMN v SET STORAGE EXTERNAL",
                "INSERT INTO shop.t VALUES (1, repeat('x', 100000))",
                "VACUUM shop.t");
        try (var connection = database.connect()) {
            assertThat(Doctor.check(connection, DEFAULTS).findings())
                    .filteredOn(finding -> finding.check().equals("large values"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.found()).contains("shop.t"));
        }
    }

    @Test
    void namesEveryServerSettingThatStandsInTheWay() throws SQLException {
        try (var server = TestPostgres.privateServer(
                        Map.of("wal_level", "replica", "max_replication_slots", "0", "max_wal_senders", "0"));
                var connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id int PRIMARY KEY)");

            var diagnosis = Doctor.check(connection, DEFAULTS);

            assertThat(errors(diagnosis)).containsExactly("wal_level", "wal senders", "replication slots");
            assertThat(diagnosis.errors().get(0).sentences())
                    .isEqualTo("Postgres at " + server.host() + ":" + server.port()
                            + "/postgres has wal_level 'replica', but change capture needs 'logical'.\n"
                            + "Run postgres-setup/01-wal-level.sql as a superuser (ALTER SYSTEM SET wal_level ="
                            + " logical), then restart Postgres.");
        }
    }
}
