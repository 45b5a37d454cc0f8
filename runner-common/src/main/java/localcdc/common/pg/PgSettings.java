package localcdc.common.pg;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Properties;
import localcdc.common.cli.Setting;
import localcdc.common.cli.UsageException;
import localcdc.core.source.SourceException;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * How to reach one database. Immutable; its text never shows the password.
 *
 * @param password null where none was given
 */
public record PgSettings(String host, int port, String database, String user, String password, SslMode sslMode) {

    /** How long a connection may take to come about. */
    public static final int CONNECT_TIMEOUT_SECONDS = 10;

    /** What makes Postgres print values the same way whatever the server, the role or this machine is set to. */
    private static final String CANONICAL_SESSION = """
            SET TimeZone = 'UTC';
            SET DateStyle = 'ISO, MDY';
            SET IntervalStyle = 'postgres';
            SET bytea_output = 'hex';
            SET extra_float_digits = 1;
            SET lc_monetary = 'C'
            """;

    public PgSettings {
        Objects.requireNonNull(sslMode, "sslMode");
        var problems = new ArrayList<String>();
        if (host.isBlank()) {
            problems.add("The Postgres host is empty; give --pg-host or PGHOST a name such as localhost.");
        } else if (host.startsWith("/") || host.startsWith("@")) {
            problems.add(
                    "The Postgres host '" + host
                            + "' is a socket's folder, which Java cannot use; give --pg-host or PGHOST a name such as localhost.");
        } else if (host.contains(",")) {
            problems.add(
                    "The Postgres host '" + host + "' is a list; give --pg-host or PGHOST one server, the primary.");
        }
        if (port < 1 || port > 65_535) {
            problems.add("The Postgres port is " + port + "; give --pg-port or PGPORT a number from 1 to 65535.");
        }
        if (database.isEmpty()) {
            problems.add("The database's name is empty; give --pg-database or PGDATABASE one.");
        }
        if (user.isEmpty()) {
            problems.add("The Postgres user is empty; give --pg-user or PGUSER one.");
        }
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
    }

    /**
     * Opens a connection whose session prints values in their canonical form. The caller closes it.
     *
     * @param applicationName how the connection shows in {@code pg_stat_activity}
     * @throws SourceException when it cannot be opened: what was found, and what to do about it
     */
    public Connection open(String applicationName) throws SourceException {
        Connection connection = null;
        try {
            connection = new Driver().connect(url(), properties(applicationName));
            try (var statement = connection.createStatement()) {
                statement.execute(CANONICAL_SESSION);
            }
            return connection;
        } catch (SQLException e) {
            var problem = ConnectionProblem.of(this, e);
            close(connection, problem);
            throw problem;
        }
    }

    /**
     * Opens a connection in replication mode whose session prints values in their canonical form. The caller closes it.
     *
     * @param applicationName how the connection shows in {@code pg_stat_replication}
     */
    public Connection openForReplication(String applicationName) throws SQLException {
        var properties = properties(applicationName);
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        // Making a slot waits for every transaction that is writing, and an idle stream says nothing for long.
        PGProperty.SOCKET_TIMEOUT.set(properties, 0);
        var connection = new Driver().connect(url(), properties);
        boolean opened = false;
        try (var statement = connection.createStatement()) {
            statement.execute(CANONICAL_SESSION);
            opened = true;
            return connection;
        } finally {
            if (!opened) {
                connection.close();
            }
        }
    }

    private static void close(Connection connection, SourceException problem) {
        if (connection == null) {
            return;
        }
        try {
            connection.close();
        } catch (SQLException e) {
            problem.addSuppressed(e);
        }
    }

    /** The JDBC URL, without user and password. */
    public String url() {
        var address = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return "jdbc:postgresql://" + address + ":" + port + "/" + URLEncoder.encode(database, StandardCharsets.UTF_8);
    }

    /** What pgjdbc needs besides {@link #url}, the password included: not to be printed. */
    public Properties properties(String applicationName) {
        var properties = new Properties();
        properties.setProperty("user", user);
        if (password != null) {
            properties.setProperty("password", password);
        }
        properties.setProperty("sslmode", sslMode.label());
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
        properties.setProperty("loginTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        return properties;
    }

    /** {@code host:port/database}, to name the server in a sentence. */
    public String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/" + database;
    }

    /** The settings with the password masked. */
    @Override
    public String toString() {
        return "PgSettings[" + address() + ", user=" + user + ", password=" + (password == null ? "none" : Setting.MASK)
                + ", sslmode=" + sslMode.label() + "]";
    }
}
