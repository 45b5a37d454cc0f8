package localcdc.common.verify;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import localcdc.common.pg.PgSettings;
import localcdc.core.event.TableId;
import localcdc.core.source.SourceException;
import localcdc.core.verify.PostgresCut;
import localcdc.core.verify.PostgresSide;
import localcdc.core.verify.UndecidedException;
import localcdc.core.verify.UndecidedException.Scope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Postgres, by two connections: one reads, in a transaction for each cut; the other puts markers into the log. A connection
 * that broke is replaced at the next cut. For one thread; the caller closes it.
 */
public final class JdbcPostgresSide implements PostgresSide, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcPostgresSide.class);
    private static final String APPLICATION_NAME = "localcdc-verify";
    private static final int OLDEST_VERSION = 13;

    /** What a marker's message is called, so that a runner knows it from other messages. */
    private static final String MARKER_PREFIX = "localcdc";

    /** In the same statement, so that the commit does not wait for standbys: only the log has to have the marker. */
    private static final String EMIT = "SELECT pg_catalog.set_config('synchronous_commit', 'local', true),"
            + " pg_catalog.pg_logical_emit_message(true, '" + MARKER_PREFIX + "', ?)";

    private final PgSettings settings;
    private Connection reading;
    private Connection marking;

    public JdbcPostgresSide(PgSettings settings) {
        this.settings = settings;
    }

    @Override
    public PostgresCut begin(TableId table, List<String> leftOut) throws UndecidedException {
        reading = usable(reading);
        boolean done = false;
        try {
            var cut = JdbcCut.begin(settings, reading, table, leftOut);
            done = true;
            return cut;
        } catch (SQLException e) {
            throw SqlProblem.of(settings, table, e);
        } finally {
            if (!done) {
                close(reading);
                reading = null;
            }
        }
    }

    @Override
    public void emit(String marker) throws UndecidedException {
        marking = usable(marking);
        try (var statement = marking.prepareStatement(EMIT)) {
            statement.setString(1, marker);
            statement.execute();
        } catch (SQLException e) {
            close(marking);
            marking = null;
            if ("42501".equals(e.getSQLState())) {
                throw new UndecidedException(
                        Scope.ALL,
                        "User '" + settings.user() + "' may not put a marker into the log: " + SqlProblem.said(e) + ".",
                        "GRANT EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text) to that user (from"
                                + " PostgreSQL 17 on: boolean, text, text, boolean).",
                        e);
            }
            throw new UndecidedException(
                    Scope.CUT,
                    "Postgres at " + settings.address() + " did not take a marker: " + SqlProblem.said(e) + ".",
                    "Verify again.",
                    e);
        }
    }

    private Connection usable(Connection connection) throws UndecidedException {
        try {
            if (connection != null && !connection.isClosed()) {
                return connection;
            }
            return checked(settings.open(APPLICATION_NAME));
        } catch (SourceException e) {
            throw new UndecidedException(Scope.ALL, e.getMessage(), e.remedy(), e);
        } catch (SQLException e) {
            throw new UndecidedException(
                    Scope.CUT, "Postgres at " + settings.address() + " broke off: " + SqlProblem.said(e) + ".", "", e);
        }
    }

    private Connection checked(Connection connection) throws SQLException, UndecidedException {
        boolean fine = false;
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT pg_catalog.pg_is_in_recovery()")) {
            int version = connection.getMetaData().getDatabaseMajorVersion();
            if (version < OLDEST_VERSION) {
                throw new UndecidedException(
                        Scope.ALL,
                        "Postgres at " + settings.address() + " has version " + version + ", but " + OLDEST_VERSION
                                + " or newer is needed.",
                        "Upgrade the server.");
            }
            if (row.next() && row.getBoolean(1)) {
                throw new UndecidedException(
                        Scope.ALL,
                        "Postgres at " + settings.address()
                                + " is a replica, whose snapshots are not those of the primary.",
                        "Give the primary with --pg-host and --pg-port.");
            }
            fine = true;
            return connection;
        } finally {
            if (!fine) {
                close(connection);
            }
        }
    }

    private static void close(Connection connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a connection did not close cleanly", e);
        }
    }

    @Override
    public void close() {
        close(reading);
        close(marking);
    }
}
