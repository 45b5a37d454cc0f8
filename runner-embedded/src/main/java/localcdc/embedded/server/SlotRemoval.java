package localcdc.embedded.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Takes away a slot of whose reader one knows that it may go. Stateless. */
public final class SlotRemoval {

    private SlotRemoval() {}

    /**
     * Ends who reads from a slot, such as a stream of which the server does not know yet that its client is gone. Without effect
     * where nobody does.
     *
     * @param patience how long to wait until it has ended
     */
    public static void endReader(Connection connection, String slot, Duration patience) throws SQLException {
        try (var statement = connection.prepareStatement("""
                SELECT pg_catalog.pg_terminate_backend(active_pid, ?)
                FROM pg_catalog.pg_replication_slots WHERE slot_name = ? AND active_pid IS NOT NULL""")) {
            statement.setLong(1, patience.toMillis());
            statement.setString(2, slot);
            statement.execute();
        }
    }

    /**
     * Drops a slot; without effect where there is none.
     *
     * @throws SQLException also while somebody reads from it, see {@link #isInUse}
     */
    public static void drop(Connection connection, String slot) throws SQLException {
        try (var statement = connection.prepareStatement("""
                SELECT pg_catalog.pg_drop_replication_slot(slot_name)
                FROM pg_catalog.pg_replication_slots WHERE slot_name = ?""")) {
            statement.setString(1, slot);
            statement.execute();
        }
    }

    /** Whether a slot could not be dropped since its reader, or the server process of one that is gone, still has it. */
    public static boolean isInUse(SQLException e) {
        return SqlStates.OBJECT_IN_USE.equals(e.getSQLState());
    }
}
