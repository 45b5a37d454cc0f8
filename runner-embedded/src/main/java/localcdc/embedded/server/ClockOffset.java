package localcdc.embedded.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** How far the server's clock is from this machine's: on a virtual machine they drift apart. */
public final class ClockOffset {
    private static final int READINGS = 3;

    private ClockOffset() {}

    /** The server's clock minus this machine's, in microseconds, by the quickest of some round trips. */
    public static long micros(Connection connection) throws SQLException {
        Duration quickest = null;
        long offset = 0;
        try (PreparedStatement query =
                connection.prepareStatement("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")) {
            for (int i = 0; i < READINGS; i++) {
                Instant before = Instant.now();
                long start = System.nanoTime();
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    Duration took = Duration.ofNanos(System.nanoTime() - start);
                    if (quickest == null || took.compareTo(quickest) < 0) {
                        quickest = took;
                        Instant middle = before.plus(took.dividedBy(2));
                        offset = row.getLong(1) - ChronoUnit.MICROS.between(Instant.EPOCH, middle);
                    }
                }
            }
        }
        return offset;
    }
}
