package localcdc.connect;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.jdbc.JdbcConfiguration;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A connection to Postgres of the plugin's own, in autocommit mode: opened when it is first needed and again after it was lost.
 * Its session prints values as {@link CanonicalConverter} needs them, names everything outside pg_catalog with its schema,
 * and gives up on a statement that does not come back. One thread uses it; any may close it.
 */
final class ServerConnection implements AutoCloseable {

    private static final String CONNECT_SECONDS = "10";
    /** Longer than a statement may take, so that only a silent network ends it. */
    private static final String SOCKET_SECONDS = "60";

    /** The SQLSTATE of a connection that does not exist. */
    private static final String CLOSED = "08003";

    private static final String SESSION = "SET TimeZone = 'UTC'; SET search_path = pg_catalog;"
            + " SET statement_timeout = '30s'; SET lock_timeout = '5s'";

    private final JdbcConfiguration settings;
    private final String purpose;
    private PostgresConnection server;
    private boolean closed;

    /**
     * @param settings named as the connector names them, without the prefix {@code database.}
     * @param purpose shown as the application's name
     */
    ServerConnection(Configuration settings, String purpose) {
        this.settings = JdbcConfiguration.adapt(settings.edit()
                .with("options", CanonicalConverter.DRIVER_OPTIONS)
                .withDefault("connectTimeout", CONNECT_SECONDS)
                .withDefault("socketTimeout", SOCKET_SECONDS)
                .build());
        this.purpose = purpose;
    }

    /**
     * The open connection; it stays this object's own.
     *
     * @throws SQLException also when it is closed
     */
    synchronized Connection open() throws SQLException {
        if (closed) {
            throw new SQLException("the connection '" + purpose + "' is closed", CLOSED);
        }
        if (server != null && server.isConnected()) {
            return server.connection();
        }
        server = new PostgresConnection(settings, purpose);
        var connection = server.connection();
        try (var statement = connection.createStatement()) {
            statement.execute(SESSION);
        } catch (SQLException e) {
            drop();
            throw e;
        }
        return connection;
    }

    /** Gives a connection up that is of no use any more; the next {@link #open} makes a new one. */
    synchronized void drop() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    /** For good; may be repeated. */
    @Override
    public synchronized void close() {
        closed = true;
        drop();
    }
}
