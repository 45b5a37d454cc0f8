package localcdc.embedded.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Transactions that hold up the creation of a replication slot: it waits until all that have written are at their end. */
public final class OpenTransactions {
    private static final String QUERY = """
            SELECT a.pid, coalesce(a.usename, ''), coalesce(a.datname, ''), coalesce(a.application_name, ''),
                   extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS age
            FROM pg_stat_activity a WHERE a.backend_xid IS NOT NULL AND a.pid <> pg_backend_pid()
            UNION ALL
            SELECT 0, p.owner, p.database, p.gid, extract(epoch FROM clock_timestamp() - p.prepared)::float8
            FROM pg_prepared_xacts p
            ORDER BY age DESC NULLS LAST
            """;

    private OpenTransactions() {}

    /** All that have written something, in any database of the server; the oldest first. */
    public static List<OpenTransaction> list(Connection connection) throws SQLException {
        List<OpenTransaction> open = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(QUERY);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                double seconds = row.getDouble(5);
                Optional<Duration> age =
                        row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(Math.round(seconds * 1000)));
                open.add(new OpenTransaction(row.getInt(1), row.getString(2), row.getString(3), row.getString(4), age));
            }
        }
        return open;
    }
}
