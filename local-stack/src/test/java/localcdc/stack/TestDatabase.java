package localcdc.stack;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A fresh database on a server for tests. Close drops it, with its slots and whoever is still connected to it. */
public final class TestDatabase implements AutoCloseable {
    private static final Duration SLOT_TIMEOUT = Duration.ofSeconds(20);

    private final TestPostgres server;
    private final String name;

    TestDatabase(TestPostgres server, String name) {
        this.server = server;
        this.name = name;
    }

    /** The server it is on: host, port, user and password. */
    public TestPostgres server() {
        return server;
    }

    /** The database's name. */
    public String name() {
        return name;
    }

    /** Its JDBC address, without user and password. */
    public String jdbcUrl() {
        return server.jdbcUrl(name);
    }

    /** A new connection as superuser; the caller closes it. */
    public Connection connect() throws SQLException {
        return server.connect(name);
    }

    /** Runs each text, which may hold several statements, in a connection of its own and autocommit mode. */
    public void execute(String... sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String text : sql) {
                statement.execute(text);
            }
        } catch (SQLException failed) {
            throw new IllegalStateException("in " + name + ": " + String.join("; ", sql), failed);
        }
    }

    /** The first column of every row, as text; SQL NULL is null. */
    public List<String> query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException failed) {
            throw new IllegalStateException("in " + name + ": " + sql, failed);
        }
    }

    @Override
    public void close() {
        try (Connection connection = server.connect(server.maintenanceDatabase())) {
            // A database with a logical slot cannot be dropped, not even by force.
            Awaitility.await("slots of " + name + " dropped")
                    .atMost(SLOT_TIMEOUT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> dropSlots(connection));
            try (Statement statement = connection.createStatement()) {
                statement.execute("DROP DATABASE IF EXISTS \"" + name.replace("\"", "\"\"") + "\" WITH (FORCE)");
            }
        } catch (SQLException failed) {
            throw new IllegalStateException("cannot drop database " + name, failed);
        }
    }

    /** Cuts everybody off and drops the slots nobody holds; true once none is left. */
    private boolean dropSlots(Connection connection) throws SQLException {
        run(connection, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ?");
        run(
                connection,
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = ? AND NOT active");
        return run(connection, "SELECT 1 FROM pg_replication_slots WHERE database = ?") == 0;
    }

    private int run(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            int rows = 0;
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows++;
                }
            }
            return rows;
        }
    }
}
