package localcdc.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import localcdc.common.pg.PgSettings;
import localcdc.core.event.Lsn;
import localcdc.core.source.SourceException;
import localcdc.embedded.server.ReplicationSlots;
import localcdc.embedded.server.SlotRemoval;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runner's ordinary connection beside the stream: it holds the lock that says whose the slot is, puts heartbeats
 * and markers into the log, and looks at slot, log and clock. For one thread.
 */
final class ControlSession implements AutoCloseable {

    private static final AtomicLong MARKERS = new AtomicLong();

    private static final String APPLICATION = "localcdc control";

    private static final Logger LOG = LoggerFactory.getLogger(ControlSession.class);

    private static final Duration PREDECESSOR_ENDS = Duration.ofSeconds(10);
    private static final Duration READER_ENDS = Duration.ofSeconds(10);

    private final Connection connection;

    private ControlSession(Connection connection) {
        this.connection = connection;
    }

    static ControlSession open(PgSettings postgres) throws SourceException, SQLException {
        var connection = postgres.open(APPLICATION);
        boolean opened = false;
        try (var statement = connection.createStatement()) {
            // Where commits wait until we have applied them, our own must not: a marker is written before we read.
            statement.execute("SET synchronous_commit = local");
            opened = true;
            return new ControlSession(connection);
        } finally {
            if (!opened) {
                connection.close();
            }
        }
    }

    Connection connection() {
        return connection;
    }

    /** Says to every other runner that this slot has an owner, for as long as the session lives. */
    void own(String name) throws SQLException, SourceException {
        ReplicationSlots.ownLock(connection, name);
    }

    /** The server process behind this session. */
    int serverProcess() throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    /**
     * Ends the server process of this runner's previous control session and waits until it is gone: it may not have
     * noticed yet that its client is, and then still holds the lock.
     *
     * @param process its number; 0 for none
     */
    void endPredecessor(int process) throws SQLException {
        try (var statement = connection.prepareStatement("""
                SELECT pg_catalog.pg_terminate_backend(pid, ?) FROM pg_catalog.pg_stat_activity
                WHERE pid = ? AND application_name = ? AND usename = session_user""")) {
            statement.setLong(1, PREDECESSOR_ENDS.toMillis());
            statement.setInt(2, process);
            statement.setString(3, APPLICATION);
            statement.execute();
        }
    }

    /**
     * Puts a message into the log that arrives in the stream behind everything committed before it. It needs no right
     * to write any table.
     *
     * @return its place in the log
     */
    long emit(String content) throws SQLException {
        try (var statement =
                connection.prepareStatement("SELECT pg_catalog.pg_logical_emit_message(true, ?, ?)::text")) {
            statement.setString(1, EngineSettings.MESSAGE_PREFIX);
            statement.setString(2, content);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return Lsn.parse(rows.getString(1));
            }
        }
    }

    /** A content that no other message has. */
    static String newMarker(String purpose) {
        return purpose + "-" + ProcessHandle.current().pid() + "-" + Long.toString(System.nanoTime(), 36) + "-"
                + MARKERS.incrementAndGet();
    }

    /** How long the server waits for a sign of life from a stream; zero: for ever. */
    Duration senderTimeout() throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'wal_sender_timeout'")) {
            rows.next();
            return Duration.ofMillis(rows.getLong(1));
        }
    }

    /** Ends who reads from our slot, such as an earlier stream of ours of which the server does not know yet that it is gone. */
    void endReader(String slot) throws SQLException {
        SlotRemoval.endReader(connection, slot, READER_ENDS);
    }

    /** Drops the slot if it exists, waiting a little for the server to notice that its reader is gone. */
    void dropSlot(String slot) throws SQLException {
        endReader(slot);
        long deadline = System.nanoTime() + READER_ENDS.toNanos();
        while (true) {
            try {
                SlotRemoval.drop(connection, slot);
                return;
            } catch (SQLException e) {
                if (!SlotRemoval.isInUse(e) || System.nanoTime() > deadline) {
                    throw e;
                }
                LOG.trace("slot {} is still in use", slot, e);
            }
        }
    }

    /**
     * How the slot and the log stand.
     *
     * @param safeBytes how much more log the server will keep for it; null where it has no limit
     */
    record SlotView(
            boolean exists,
            String walStatus,
            long retainedBytes,
            Long safeBytes,
            long confirmedFlush,
            long logEnd,
            boolean hasReader) {

        boolean usable() {
            return exists && !walStatus.equals("lost");
        }

        /** Whether more is confirmed than lies before this place: the server will not send that again. */
        boolean isBeyond(long place) {
            return Long.compareUnsigned(confirmedFlush, place) > 0;
        }
    }

    SlotView slot(String name) throws SQLException {
        try (var statement = connection.prepareStatement("""
                SELECT s.slot_name IS NOT NULL, coalesce(s.wal_status, ''),
                       coalesce(pg_catalog.pg_wal_lsn_diff(l.lsn, s.restart_lsn), 0)::bigint,
                       s.safe_wal_size, coalesce(s.confirmed_flush_lsn, '0/0')::text, l.lsn::text, coalesce(s.active, false)
                FROM (SELECT pg_catalog.pg_current_wal_lsn() AS lsn) l
                LEFT JOIN pg_catalog.pg_replication_slots s ON s.slot_name = ?""")) {
            statement.setString(1, name);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return new SlotView(
                        rows.getBoolean(1),
                        rows.getString(2),
                        rows.getLong(3),
                        rows.getObject(4, Long.class),
                        Lsn.parse(rows.getString(5)),
                        Lsn.parse(rows.getString(6)),
                        rows.getBoolean(7));
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
