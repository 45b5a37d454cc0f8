package localcdc.embedded.server;

import java.sql.SQLException;
import localcdc.core.source.SourceException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The server's error codes that are told apart here, and its message without the driver's additions. */
final class SqlStates {
    static final String INSUFFICIENT_PRIVILEGE = "42501";
    static final String UNDEFINED_OBJECT = "42704";
    static final String DUPLICATE_OBJECT = "42710";
    static final String OBJECT_IN_USE = "55006";

    private SqlStates() {}

    /** Whether the server could have done it, but not for this role or not at this moment. */
    static boolean isRefusal(SQLException e) {
        return INSUFFICIENT_PRIVILEGE.equals(e.getSQLState()) || OBJECT_IN_USE.equals(e.getSQLState());
    }

    /** The sentence for a question to the server that failed for a reason nobody foresaw. */
    static SourceException brokenOff(String address, SQLException e) {
        return new SourceException(
                "Postgres at " + address + " did not answer as expected: " + message(e) + " (SQLSTATE "
                        + e.getSQLState() + ").",
                "Try again; if it stays so, look into the server's log.",
                e);
    }

    /** What the server said, on one line. */
    static String message(SQLException e) {
        if (e instanceof PSQLException postgres) {
            ServerErrorMessage server = postgres.getServerErrorMessage();
            if (server != null && server.getMessage() != null) {
                return server.getMessage();
            }
        }
        return String.valueOf(e.getMessage()).replace('\n', ' ');
    }
}
