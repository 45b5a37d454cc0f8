package localcdc.connect;

import java.sql.Connection;
import java.sql.SQLException;

/** Whether sessions see what a transaction has written. Stateless. */
final class VisibleTransaction {

    /** The log has an id's low 32 bits: the one with these bits is meant that is nearest to those that are given out now. */
    private static final String SQL = """
            SELECT pg_catalog.pg_visible_in_snapshot(
                CAST(CAST(s.next - (((s.next - ? + 2147483648) & 4294967295) - 2147483648) AS text) AS pg_catalog.xid8), s.snapshot)
            FROM (SELECT pg_catalog.pg_current_snapshot() AS snapshot,
                         CAST(CAST(pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) AS text) AS pg_catalog.int8) AS next) s
            """;

    private VisibleTransaction() {}

    /** @param txId the id of a transaction that the log says is committed */
    static boolean isVisible(Connection connection, long txId) throws SQLException {
        try (var statement = connection.prepareStatement(SQL)) {
            statement.setLong(1, txId & 0xFFFF_FFFFL);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
