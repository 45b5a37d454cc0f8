package localcdc.lab;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.core.source.SourceException;
import localcdc.stack.LocalPostgres;
import localcdc.stack.SampleDatabase;
import localcdc.stack.StackException;

/** The lab's own PostgreSQL. The caller closes the server, which takes its folder away. */
public final class SamplePostgres {

    /** Where the sample tables are; the database that psql takes when none is named. */
    public static final String DATABASE = "postgres";

    private SamplePostgres() {}

    /**
     * Starts a server with the sample database.
     *
     * @param port 0 for a free one
     * @throws SourceException when this machine cannot run it: what was found, and what to do about it
     */
    public static LocalPostgres start(int port) throws SourceException {
        var postgres = startEmpty(port, Map.of());
        boolean filled = false;
        try (var connection = postgres.connect(DATABASE)) {
            SampleDatabase.applyTo(connection);
            filled = true;
            return postgres;
        } catch (SQLException e) {
            throw new SourceException("The sample database could not be made: " + e.getMessage(), "Start again.", e);
        } finally {
            if (!filled) {
                postgres.close();
            }
        }
    }

    /** Starts a server without tables, with further settings for its postgresql.conf. */
    public static LocalPostgres startEmpty(int port, Map<String, String> settings) throws SourceException {
        var postgres = LocalPostgres.builder().port(port).settings(settings).build();
        boolean started = false;
        try {
            postgres.start();
            started = true;
            return postgres;
        } catch (StackException e) {
            throw new SourceException(e.problem(), e.remedy(), e);
        } finally {
            if (!started) {
                postgres.close();
            }
        }
    }

    /** How to reach it. */
    public static PgSettings settings(LocalPostgres postgres) {
        return new PgSettings(
                postgres.host(), postgres.port(), DATABASE, postgres.user(), postgres.password(), SslMode.DISABLE);
    }

    /** A new connection as superuser. */
    public static Connection connect(LocalPostgres postgres) throws SQLException {
        return postgres.connect(DATABASE);
    }
}
