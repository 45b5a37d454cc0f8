package localcdc.embedded.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import localcdc.common.doctor.Finding;
import localcdc.core.event.TableId;

/** What has to be right with the server and the role, whatever the tables are. Pure: judges what was read. */
final class ServerChecks {
    static final int OLDEST = 14;
    static final int NEWEST = 18;
    private static final Duration LONG_OPEN = Duration.ofSeconds(5);
    private static final long SHORT_TIMEOUT_MILLIS = 10_000;
    private static final long CLOCK_TOLERANCE_MICROS = 1_000_000;

    private final Server server;
    private final List<Finding> findings = new ArrayList<>();

    private ServerChecks(Server server) {
        this.server = server;
    }

    /** What is so for as long as the server runs with these settings. */
    static List<Finding> settings(Server server) {
        ServerChecks checks = new ServerChecks(server);
        checks.version();
        checks.primary();
        checks.pooler();
        checks.walLevel();
        checks.role();
        checks.senders();
        checks.senderTimeout();
        checks.keepSize();
        return checks.findings;
    }

    private void version() {
        if (server.majorVersion() < OLDEST) {
            error(
                    "version",
                    server + " is PostgreSQL " + server.version() + ", but " + OLDEST + " or newer is needed.",
                    "Upgrade the server.");
        } else if (server.majorVersion() > NEWEST) {
            warning(
                    "version",
                    server + " is PostgreSQL " + server.version() + "; this program was tested with " + OLDEST + " to "
                            + NEWEST + ".",
                    "Check the result with verify.");
        } else {
            ok("version", server + " is PostgreSQL " + server.version() + ".");
        }
    }

    private void primary() {
        if (server.inRecovery()) {
            error(
                    "primary",
                    server + " is a replica (pg_is_in_recovery), but a slot and a publication have to be made.",
                    "Connect to the primary: --pg-host, --pg-port.");
        } else {
            ok("primary", "The server is a primary.");
        }
    }

    private void pooler() {
        if (server.driverPid() != server.backendPid()) {
            error(
                    "direct connection",
                    "Between this program and " + server
                            + " stands a connection pool such as PgBouncer: the server process" + " is "
                            + server.backendPid() + ", but " + server.driverPid() + " was announced.",
                    "Connect to Postgres itself, usually on port 5432: --pg-port.");
        } else {
            ok("direct connection", "No connection pool stands between.");
        }
    }

    private void walLevel() {
        if (!server.walLevel().equals("logical")) {
            error(
                    "wal_level",
                    server + " has wal_level '" + server.walLevel() + "', but change capture needs 'logical'.",
                    "Run postgres-setup/01-wal-level.sql as a superuser (ALTER SYSTEM SET wal_level = logical), then"
                            + " restart Postgres.");
        } else {
            ok("wal_level", "wal_level is 'logical'.");
        }
    }

    private void role() {
        if (!server.mayReplicate()) {
            error(
                    "role",
                    "The user '" + server.user() + "' may not read the change stream: it has neither REPLICATION nor"
                            + " SUPERUSER.",
                    "Run as a superuser: ALTER ROLE " + TableId.quote(server.user()) + " REPLICATION; (on Amazon RDS:"
                            + " GRANT rds_replication TO " + TableId.quote(server.user()) + ";)");
        } else {
            ok("role", "The user '" + server.user() + "' may read the change stream.");
        }
    }

    private void senders() {
        int free = server.maxWalSenders() - server.walSenders();
        String found = "Of max_wal_senders = " + server.maxWalSenders() + ", " + server.walSenders() + " are in use";
        if (free < 1) {
            error(
                    "wal senders",
                    found + "; at least one more is needed.",
                    "End a reader (pg_stat_replication shows them), or ALTER SYSTEM SET max_wal_senders = "
                            + (server.walSenders() + 10) + "; and restart Postgres.");
        } else {
            ok("wal senders", found + ".");
        }
    }

    private void senderTimeout() {
        long millis = server.walSenderTimeoutMillis();
        if (millis > 0 && millis < SHORT_TIMEOUT_MILLIS) {
            warning(
                    "wal_sender_timeout",
                    "wal_sender_timeout is " + millis + " ms: a pause of that length cuts the stream.",
                    "ALTER SYSTEM SET wal_sender_timeout = '60s'; SELECT pg_reload_conf();");
        } else if (millis == 0) {
            warning(
                    "wal_sender_timeout",
                    "wal_sender_timeout is off: the slot of a runner whose machine vanished stays in use for long.",
                    "ALTER SYSTEM SET wal_sender_timeout = '60s'; SELECT pg_reload_conf();");
        } else {
            ok("wal_sender_timeout", "wal_sender_timeout is " + millis / 1000 + " s.");
        }
    }

    private void keepSize() {
        long megabytes = server.maxSlotWalKeepMegabytes();
        if (megabytes < 0) {
            warning(
                    "max_slot_wal_keep_size",
                    "max_slot_wal_keep_size is -1: a forgotten replication slot keeps write-ahead log until the disk is full.",
                    "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB'; SELECT pg_reload_conf();");
        } else {
            ok("max_slot_wal_keep_size", "max_slot_wal_keep_size is " + megabytes + " MB.");
        }
    }

    /** The slots there are, and whether there is room for ours. */
    static List<Finding> slots(
            Server server, DoctorInput input, List<ReplicationSlot> slots, List<ReplicationSlot> abandoned, int ours) {
        ServerChecks checks = new ServerChecks(server);
        input.slot().ifPresent(name -> checks.slotName(name, slots));
        checks.freeSlots(slots, abandoned, ours);
        checks.abandoned(abandoned);
        return checks.findings;
    }

    private void slotName(String name, List<ReplicationSlot> slots) {
        if (!ReplicationSlots.isValidName(name)) {
            error(
                    "slot name",
                    "'" + name
                            + "' is no name for a replication slot: only a-z, 0-9 and _ may stand in it, 63 at most.",
                    "Give another --slot, or none.");
        } else if (slots.stream().anyMatch(slot -> slot.name().equals(name))) {
            error(
                    "slot name",
                    "The replication slot '" + name
                            + "' exists already; the runner makes its slot at the start and drops" + " it at the end.",
                    "Give another --slot, or none; or, if nobody needs it: runner-embedded.jar slots drop " + name);
        } else {
            ok("slot name", "The name '" + name + "' is free.");
        }
    }

    private void freeSlots(List<ReplicationSlot> slots, List<ReplicationSlot> abandoned, int ours) {
        int free = server.maxReplicationSlots() - slots.size() + abandoned.size() + ours;
        String found =
                "Of max_replication_slots = " + server.maxReplicationSlots() + ", " + slots.size() + " are in use";
        if (free < 1) {
            String names = Names.list(slots.stream()
                    .map(slot -> slot.name() + (slot.active() ? " (active)" : " (inactive)"))
                    .toList());
            error(
                    "replication slots",
                    found + (names.isEmpty() ? "" : ": " + names) + "; one more is needed.",
                    "Drop one that nobody needs (runner-embedded.jar slots drop NAME), or ALTER SYSTEM SET"
                            + " max_replication_slots = " + (slots.size() + 10) + "; and restart Postgres.");
        } else {
            ok("replication slots", found + ".");
        }
    }

    private void abandoned(List<ReplicationSlot> abandoned) {
        if (!abandoned.isEmpty()) {
            warning(
                    "abandoned slots",
                    "Killed runs have left slots behind: "
                            + abandoned.stream()
                                    .map(slot -> slot.name() + " (keeps " + Bytes.text(slot.retainedBytes()) + ")")
                                    .collect(Collectors.joining(", "))
                            + ".",
                    "The next start of the runner drops them; or at once: runner-embedded.jar slots drop NAME");
        } else {
            ok("abandoned slots", "No killed run has left a slot behind.");
        }
    }

    /** What may be otherwise a moment later. */
    static List<Finding> moment(Server server, List<OpenTransaction> open, long clockOffsetMicros) {
        ServerChecks checks = new ServerChecks(server);
        checks.openTransactions(open);
        checks.clock(clockOffsetMicros);
        return checks.findings;
    }

    private void openTransactions(List<OpenTransaction> open) {
        List<OpenTransaction> old = open.stream()
                .filter(transaction -> transaction
                        .age()
                        .filter(age -> age.compareTo(LONG_OPEN) > 0)
                        .isPresent())
                .toList();
        if (!old.isEmpty()) {
            warning(
                    "open transactions",
                    "The start will wait for open transactions that have written something: " + Names.list(old) + ".",
                    old.stream().anyMatch(transaction -> transaction.pid() == 0)
                            ? "Let them end; a prepared one needs COMMIT PREPARED or ROLLBACK PREPARED."
                            : "Let them end, or: SELECT pg_terminate_backend(pid);");
        } else {
            ok("open transactions", "No long transaction holds up the start.");
        }
    }

    private void clock(long offsetMicros) {
        String by =
                Math.abs(offsetMicros) / 1000 + " ms " + (offsetMicros < 0 ? "behind" : "ahead of") + " this machine's";
        if (Math.abs(offsetMicros) > CLOCK_TOLERANCE_MICROS) {
            warning(
                    "clock",
                    "The server's clock is " + by + ".",
                    "Set both by NTP; latencies are corrected by this difference as far as it is known.");
        } else {
            ok("clock", "The server's clock is " + by + ".");
        }
    }

    private void ok(String check, String found) {
        findings.add(Finding.ok(check, found));
    }

    private void warning(String check, String found, String remedy) {
        findings.add(Finding.warning(check, found, remedy));
    }

    private void error(String check, String found, String remedy) {
        findings.add(Finding.error(check, found, remedy));
    }
}
