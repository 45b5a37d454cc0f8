package localcdc.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import localcdc.common.pg.PgSettings;
import localcdc.core.event.Lsn;
import org.postgresql.PGConnection;

/**
 * A replication slot together with the database snapshot that stands exactly at its beginning: every transaction is
 * either visible in the snapshot or delivered by the slot, never both and never neither. The snapshot can be imported
 * for as long as this object is open; the slot stays when it is closed.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html">CREATE_REPLICATION_SLOT</a>
 */
final class ExportedSlot implements AutoCloseable {

    private final Connection connection;
    private long consistentPoint;
    private String snapshot;

    private ExportedSlot(Connection connection) {
        this.connection = connection;
    }

    /** Opens the replication connection; {@link #create} makes the slot. */
    static ExportedSlot connect(PgSettings postgres) throws SQLException {
        return new ExportedSlot(postgres.openForReplication("localcdc snapshot"));
    }

    /**
     * Makes the slot. Blocks until every transaction that was writing when it was called has ended.
     *
     * @throws SQLException also when {@link #cancel} was called meanwhile; the slot does not exist then
     */
    void create(String name) throws SQLException {
        // The old spelling is understood by every supported server; names are [a-z0-9_], checked where they are taken.
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(
                        "CREATE_REPLICATION_SLOT " + name + " LOGICAL pgoutput EXPORT_SNAPSHOT")) {
            result.next();
            consistentPoint = Lsn.parse(result.getString("consistent_point"));
            snapshot = result.getString("snapshot_name");
        }
    }

    /** Where the slot begins and the snapshot stands. */
    long consistentPoint() {
        return consistentPoint;
    }

    /** The snapshot's name for {@code SET TRANSACTION SNAPSHOT}. */
    String snapshot() {
        return snapshot;
    }

    /** Ends a {@link #create} that waits. Any thread. */
    void cancel() throws SQLException {
        connection.unwrap(PGConnection.class).cancelQuery();
    }

    /** Which server this is and which history it follows: places in the log compare within one only. */
    String identity() throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("IDENTIFY_SYSTEM")) {
            result.next();
            return result.getString("systemid") + "/" + result.getString("timeline");
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
