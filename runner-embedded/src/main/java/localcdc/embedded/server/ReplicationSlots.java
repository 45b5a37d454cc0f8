package localcdc.embedded.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import localcdc.core.event.Lsn;
import localcdc.core.source.SourceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's replication slots. A slot of our own is one whose name begins with {@link #OWN_PREFIX} or {@link
 * #CONNECTOR_PREFIX}. It is inactive while its owner reads the snapshot, so {@code active} does not tell whether it is
 * needed: its owner holds an advisory lock on the slot's name from before the slot is made until after it is dropped
 * ({@link #ownLock}). The publication that belongs to a slot of our own has the same name.
 */
public final class ReplicationSlots {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationSlots.class);

    /** What the names of a runner's own slots and publications begin with. */
    public static final String OWN_PREFIX = "localcdc_run_";

    /**
     * The same for the slots of the lab's connectors. A runner leaves them alone: after a restart of the server such a slot
     * has no owner for a moment, since the lab is not the one that reads from it.
     */
    public static final String CONNECTOR_PREFIX = "localcdc_lab_";

    private static final Pattern VALID = Pattern.compile("[a-z0-9_]{1,63}");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss").withZone(ZoneOffset.UTC);
    private static final Pattern TIME_IN_NAME = Pattern.compile("\\d{8}_\\d{6}");
    /** A runner whose server was started anew owns its slot again long before. */
    private static final Duration RETURN = Duration.ofSeconds(15);

    private static final Duration LOOK = Duration.ofMillis(100);

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Whether the advisory lock with this key is held in this database; ends inside the parenthesis. */
    private static final String LOCKED = """
            SELECT EXISTS (
                SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                  AND ((l.classid::bigint << 32) | l.objid::bigint) = ?
            """;

    private ReplicationSlots() {}

    /** A name for a runner's slot that no slot has: the prefix, the time, and something random. */
    public static String newOwnName() {
        return newName(OWN_PREFIX);
    }

    /** A name that no slot has and that begins so. */
    public static String newName(String prefix) {
        byte[] random = new byte[4];
        RANDOM.nextBytes(random);
        return prefix + TIME.format(Instant.now()) + "_" + HexFormat.of().formatHex(random);
    }

    /** Whether Postgres accepts the name for a slot: lower-case letters, digits and underscores, at most 63. */
    public static boolean isValidName(String name) {
        return VALID.matcher(name).matches();
    }

    /** The key of the advisory lock that stands for this name. */
    public static long lockKey(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(("localcdc owner of " + name).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /**
     * Makes the connection's session the owner of the slot and publication of this name, until the connection ends.
     *
     * @throws SourceException when another session is
     */
    public static void ownLock(Connection connection, String name) throws SQLException, SourceException {
        if (!tryLock(connection, name)) {
            throw new SourceException(
                    "Another runner owns the replication slot '" + name + "'.",
                    "Stop that runner, or start without --slot: each runner then has a slot of its own.");
        }
    }

    private static boolean tryLock(Connection connection, String name) throws SQLException {
        return queryBoolean(connection, "SELECT pg_try_advisory_lock(?)", lockKey(name));
    }

    private static void unlock(Connection connection, String name) throws SQLException {
        queryBoolean(connection, "SELECT pg_advisory_unlock(?)", lockKey(name));
    }

    /** Whether some session, this one included, owns the slot or publication of this name. */
    static boolean hasOwner(Connection connection, String name) throws SQLException {
        return queryBoolean(connection, LOCKED + ")", lockKey(name));
    }

    /** How many of these slots this session owns. */
    static int ownedHere(Connection connection, List<ReplicationSlot> slots) throws SQLException {
        int owned = 0;
        for (ReplicationSlot slot : slots) {
            if (queryBoolean(connection, LOCKED + " AND l.pid = pg_backend_pid())", lockKey(slot.name()))) {
                owned++;
            }
        }
        return owned;
    }

    /**
     * The transactions that the making of a slot waits for, the oldest first.
     *
     * @param slotMaker the server process that makes it, which is not named
     */
    public static List<OpenTransaction> blockers(Connection connection, int slotMaker) throws SQLException {
        return OpenTransactions.list(connection).stream()
                .filter(transaction -> transaction.pid() != slotMaker)
                .toList();
    }

    private static boolean queryBoolean(Connection connection, String sql, long key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, key);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** All slots of the server, by name. */
    public static List<ReplicationSlot> list(Connection connection) throws SQLException {
        String sql = """
                SELECT s.slot_name, coalesce(s.plugin, ''), coalesce(s.database, ''), s.active, coalesce(s.active_pid, 0),
                       coalesce(s.wal_status, ''), s.safe_wal_size,
                       coalesce(pg_wal_lsn_diff(
                           CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
                           s.restart_lsn), 0)::bigint,
                       s.confirmed_flush_lsn::text, to_jsonb(s) ->> 'invalidation_reason'
                FROM pg_replication_slots s ORDER BY s.slot_name
                """;
        List<ReplicationSlot> slots = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                slots.add(slot(row));
            }
        }
        return slots;
    }

    private static ReplicationSlot slot(ResultSet row) throws SQLException {
        String name = row.getString(1);
        long safe = row.getLong(7);
        OptionalLong safeWalSize = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(safe);
        String confirmed = row.getString(9);
        return new ReplicationSlot(
                name,
                row.getString(2),
                row.getString(3),
                row.getBoolean(4),
                row.getInt(5),
                row.getString(6),
                safeWalSize,
                Math.max(0, row.getLong(8)),
                confirmed == null ? Lsn.NONE : Lsn.parse(confirmed),
                Optional.ofNullable(row.getString(10)),
                isOwn(name));
    }

    static boolean isOwn(String name) {
        return name.startsWith(OWN_PREFIX) || name.startsWith(CONNECTOR_PREFIX);
    }

    /** The slot of this name, if there is one. */
    public static Optional<ReplicationSlot> find(Connection connection, String name) throws SQLException {
        return list(connection).stream()
                .filter(slot -> slot.name().equals(name))
                .findFirst();
    }

    /**
     * Drops a slot that nobody uses.
     *
     * @return what it was
     * @throws SourceException when there is no such slot, when it is in use, or when this role may not drop it
     */
    public static ReplicationSlot drop(Connection connection, String name) throws SQLException, SourceException {
        List<ReplicationSlot> slots = list(connection);
        ReplicationSlot slot = slots.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new SourceException(
                        "There is no replication slot '" + name + "'.",
                        slots.isEmpty()
                                ? "The server has no replication slots."
                                : "There are: "
                                        + Names.list(slots.stream()
                                                .map(ReplicationSlot::name)
                                                .toList())
                                        + "."));
        if (slot.active()) {
            throw inUse(name, "by the server process " + slot.activePid());
        }
        if (slot.own() && slot.database().equals(connection.getCatalog()) && hasOwner(connection, name)) {
            throw inUse(name, "by a runner that is reading its first snapshot");
        }
        try {
            dropNow(connection, name);
        } catch (SQLException e) {
            if (SqlStates.OBJECT_IN_USE.equals(e.getSQLState())) {
                throw inUse(name, "by now");
            }
            if (SqlStates.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw new SourceException(
                        "This role may not drop the replication slot '" + name + "': " + SqlStates.message(e) + ".",
                        "Connect as a role with REPLICATION, or as a superuser.",
                        e);
            }
            throw e;
        }
        return slot;
    }

    private static SourceException inUse(String name, String by) {
        return new SourceException(
                "The replication slot '" + name + "' is in use " + by + ".",
                "Stop the program that uses it first; a runner drops its own slot when it stops.");
    }

    private static void dropNow(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_drop_replication_slot(?)")) {
            statement.setString(1, name);
            statement.execute();
        }
    }

    /** A runner's slots in this database that are inactive and have no owner. They keep write-ahead log for nobody. */
    public static List<ReplicationSlot> abandoned(Connection connection) throws SQLException {
        return ownerless(connection, OWN_PREFIX).stream()
                .filter(slot -> !slot.active())
                .toList();
    }

    /** Slots in this database whose names begin so and that have no owner, whether somebody still reads from them or not. */
    public static List<ReplicationSlot> ownerless(Connection connection, String prefix) throws SQLException {
        List<ReplicationSlot> ownerless = new ArrayList<>();
        for (ReplicationSlot slot : list(connection)) {
            if (slot.name().startsWith(prefix)
                    && slot.database().equals(connection.getCatalog())
                    && !hasOwner(connection, slot.name())) {
                ownerless.add(slot);
            }
        }
        return ownerless;
    }

    /** Drops what killed runners have left in this database: see {@link #sweepAbandoned(Connection, String)}. */
    public static SlotSweep sweepAbandoned(Connection connection) throws SQLException {
        return sweepAbandoned(connection, OWN_PREFIX);
    }

    /**
     * Drops what is left in this database of those whose names begin so: slots without an owner that nobody reads from, and
     * publications without a slot and an owner. What another session owns stays, and so does what this session owns. Where the
     * server was started a moment ago, the owner of what is older may be about to come back: it is waited for, up to 15 seconds.
     *
     * @param connection in autocommit mode
     */
    public static SlotSweep sweepAbandoned(Connection connection, String prefix) throws SQLException {
        return sweepAbandoned(connection, prefix, RETURN);
    }

    /** @param within how long after the server's start an owner comes back at the latest */
    static SlotSweep sweepAbandoned(Connection connection, String prefix, Duration within) throws SQLException {
        if (!connection.getAutoCommit()) {
            throw new IllegalArgumentException("the sweep needs a connection in autocommit mode");
        }
        List<ReplicationSlot> droppedSlots = new ArrayList<>();
        List<String> droppedPublications = new ArrayList<>();
        List<String> notDropped = new ArrayList<>();
        for (ReplicationSlot slot : ownerless(connection, prefix)) {
            if (!slot.active()
                    && !ownerReturns(connection, slot.name(), within)
                    && sweep(
                            connection,
                            "replication slot",
                            slot.name(),
                            () -> dropNow(connection, slot.name()),
                            notDropped)) {
                droppedSlots.add(slot);
            }
        }
        for (String publication : Publications.withoutSlot(connection, prefix)) {
            if (!hasOwner(connection, publication)
                    && sweep(
                            connection,
                            "publication",
                            publication,
                            () -> Publications.dropOwn(connection, publication),
                            notDropped)) {
                droppedPublications.add(publication);
            }
        }
        return new SlotSweep(droppedSlots, droppedPublications, notDropped);
    }

    /** Waits for the owner of a slot that is older than the server's start, where that was a moment ago. */
    private static boolean ownerReturns(Connection connection, String name, Duration within) throws SQLException {
        boolean told = false;
        while (true) {
            Optional<Instant> started = startedWithin(connection, within);
            if (started.isEmpty() || !isOlder(name, started.get())) {
                return false;
            }
            if (hasOwner(connection, name) || Thread.currentThread().isInterrupted()) {
                return true;
            }
            if (!told) {
                LOG.info(
                        "Postgres was started a moment ago: the runner of slot {} has {} s to come back.",
                        name,
                        within.toSeconds());
                told = true;
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    /** When the server was started, if that is not longer ago than so. */
    private static Optional<Instant> startedWithin(Connection connection, Duration within) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT pg_postmaster_start_time() WHERE pg_postmaster_start_time() > clock_timestamp() - make_interval(secs => ?)")) {
            statement.setDouble(1, (double) within.toSeconds());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(row.getObject(1, OffsetDateTime.class).toInstant())
                        : Optional.empty();
            }
        }
    }

    /** Whether the name says that it was made before; one without a time in it does not. */
    private static boolean isOlder(String name, Instant moment) {
        var time = TIME_IN_NAME.matcher(name);
        try {
            return time.find() && Instant.from(TIME.parse(time.group())).isBefore(moment);
        } catch (DateTimeException e) {
            // Somebody chose digits that are no time.
            return false;
        }
    }

    private interface Drop {
        void run() throws SQLException;
    }

    private static boolean sweep(Connection connection, String kind, String name, Drop drop, List<String> notDropped)
            throws SQLException {
        if (!tryLock(connection, name)) {
            return false;
        }
        try {
            drop.run();
            return true;
        } catch (SQLException e) {
            // Another runner that starts at the same time sweeps too: then it is gone, which is what we want.
            if (!SqlStates.UNDEFINED_OBJECT.equals(e.getSQLState())) {
                if (!SqlStates.isRefusal(e)) {
                    throw e;
                }
                notDropped.add(kind + " " + name + ": " + SqlStates.message(e));
            }
            return false;
        } finally {
            if (!connection.isClosed()) {
                unlock(connection, name);
            }
        }
    }
}
