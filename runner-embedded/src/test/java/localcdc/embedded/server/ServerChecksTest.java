package localcdc.embedded.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import localcdc.common.doctor.DoctorReport;
import localcdc.common.doctor.Finding;
import localcdc.core.source.SourceException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class ServerChecksTest {
    private static final Server GOOD = server(15, false, 7, "logical", 10, 10, 60_000, 10_240, true);

    private static Server server(
            int version,
            boolean replica,
            int backendPid,
            String walLevel,
            int maxSlots,
            int maxSenders,
            long senderTimeout,
            long keep,
            boolean mayReplicate) {
        return new Server(
                "localhost:5432/shop",
                version,
                version + ".1",
                replica,
                7,
                backendPid,
                walLevel,
                maxSlots,
                maxSenders,
                0,
                senderTimeout,
                keep,
                "app",
                false,
                mayReplicate,
                true,
                "shop");
    }

    private static ReplicationSlot slot(String name, long retained) {
        return new ReplicationSlot(
                name,
                "pgoutput",
                "shop",
                false,
                0,
                "reserved",
                OptionalLong.empty(),
                retained,
                0,
                Optional.empty(),
                name.startsWith(ReplicationSlots.OWN_PREFIX));
    }

    private static DoctorInput input(String slot) {
        return new DoctorInput(List.of(), List.of(), Optional.ofNullable(slot), Optional.empty(), Engine.DEBEZIUM);
    }

    private static List<String> errors(List<Finding> findings) {
        return findings.stream().filter(Finding::isError).map(Finding::check).toList();
    }

    private static List<String> warnings(List<Finding> findings) {
        return new Diagnosis(findings, Optional.empty())
                .warnings().stream().map(Finding::check).toList();
    }

    @Test
    void isContentWithAServerThatIsReady() {
        var findings = ServerChecks.settings(GOOD);

        assertThat(errors(findings)).isEmpty();
        assertThat(warnings(findings)).isEmpty();
    }

    @Test
    void reportsEverythingThatIsWrongAtOnce() {
        var findings = ServerChecks.settings(server(13, true, 8, "replica", 0, 0, 1000, -1, false));

        assertThat(errors(findings))
                .containsExactly("version", "primary", "direct connection", "wal_level", "role", "wal senders");
        assertThat(warnings(findings)).containsExactly("wal_sender_timeout", "max_slot_wal_keep_size");
    }

    @Test
    void onlyWarnsOfANewerServer() {
        var findings = ServerChecks.settings(server(19, false, 7, "logical", 10, 10, 0, 10_240, true));

        assertThat(errors(findings)).isEmpty();
        assertThat(warnings(findings)).containsExactly("version", "wal_sender_timeout");
    }

    @Test
    void namesTheSlotsWhenNoneIsFree() {
        var full = server(15, false, 7, "logical", 2, 10, 60_000, 10_240, true);
        var slots = List.of(slot("a", 0), slot("b", 0));

        var findings = ServerChecks.slots(full, input(null), slots, List.of(), 0);

        assertThat(errors(findings)).containsExactly("replication slots");
        assertThat(findings.get(0).found()).contains("a (inactive), b (inactive)");
    }

    @Test
    void countsSlotsThatTheStartGivesUpAsFree() {
        var full = server(15, false, 7, "logical", 1, 10, 60_000, 10_240, true);
        var slots = List.of(slot("localcdc_run_x", 5_000_000));

        assertThat(errors(ServerChecks.slots(full, input(null), slots, slots, 0)))
                .isEmpty();
        assertThat(warnings(ServerChecks.slots(full, input(null), slots, slots, 0)))
                .containsExactly("abandoned slots");
        assertThat(errors(ServerChecks.slots(full, input(null), slots, List.of(), 1)))
                .isEmpty();
    }

    @Test
    void refusesASlotNameThatIsTakenOrInvalid() {
        var slots = List.of(slot("mine", 0));

        assertThat(errors(ServerChecks.slots(GOOD, input("mine"), slots, List.of(), 0)))
                .containsExactly("slot name");
        assertThat(errors(ServerChecks.slots(GOOD, input("Mine"), slots, List.of(), 0)))
                .containsExactly("slot name");
        assertThat(errors(ServerChecks.slots(GOOD, input("other"), slots, List.of(), 0)))
                .isEmpty();
    }

    @Test
    void warnsOfLongTransactionsAndOfWrongClocks() {
        var young = new OpenTransaction(1, "app", "shop", "psql", Optional.of(Duration.ofSeconds(4)));
        var old = new OpenTransaction(2, "app", "shop", "psql", Optional.of(Duration.ofSeconds(6)));
        var hidden = new OpenTransaction(3, "app", "shop", "", Optional.empty());

        assertThat(warnings(ServerChecks.moment(GOOD, List.of(young, hidden), -900_000)))
                .isEmpty();
        var findings = ServerChecks.moment(GOOD, List.of(young, old), -1_100_000);
        assertThat(warnings(findings)).containsExactly("open transactions", "clock");
        assertThat(findings.get(0).found()).contains("pid 2 (psql, user app, database shop), open for 6 s");
        assertThat(findings.get(1).found()).contains("1100 ms behind");
    }

    @Test
    void putsAllErrorsIntoOneException() {
        var findings = new ArrayList<>(ServerChecks.settings(server(15, true, 7, "replica", 5, 5, 60_000, 1, true)));
        var diagnosis = new Diagnosis(findings, Optional.empty());

        Assertions.assertThatThrownBy(diagnosis::requireReady)
                .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.sentences())
                        .contains("is a replica", "wal_level 'replica'", "postgres-setup/01-wal-level.sql"));
    }

    @Test
    void printsOneLineACheckWithTheRemedyBeneath() {
        var text = new StringWriter();

        DoctorReport.print(
                List.of(
                        Finding.ok("version", "Fine."),
                        Finding.warning("clock", "Off.", "Set it."),
                        Finding.error("role", "No.", "Run:\n  ALTER ROLE x;")),
                new PrintWriter(text));

        assertThat(text.toString().lines())
                .containsExactly(
                        "ok    version: Fine.",
                        "warn  clock: Off.",
                        "      Set it.",
                        "FAIL  role: No.",
                        "      Run:",
                        "        ALTER ROLE x;",
                        "Not ready: 1 error, 1 warning.");
    }

    @Test
    void printsSlotsAsATable() {
        var text = new StringWriter();

        SlotsReport.print(List.of(slot("localcdc_run_x", 12_582_912), slot("b", 0)), new PrintWriter(text));

        assertThat(text.toString().lines())
                .containsExactly(
                        "NAME            PLUGIN    DATABASE  ACTIVE  WAL STATUS  RETAINED  OWN",
                        "localcdc_run_x  pgoutput  shop      no      reserved    12.0 MB   yes",
                        "b               pgoutput  shop      no      reserved    0 B       no");
    }

    @Test
    void givesSlotsNamesThatPostgresAccepts() {
        var name = ReplicationSlots.newOwnName();

        assertThat(ReplicationSlots.isValidName(name)).isTrue();
        assertThat(name).startsWith(ReplicationSlots.OWN_PREFIX).isNotEqualTo(ReplicationSlots.newOwnName());
    }
}
