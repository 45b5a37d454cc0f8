package localcdc.embedded.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.UUID;
import localcdc.stack.TestDatabase;

/** A role that may log in and nothing more. Close drops it, with what it owns and what it was granted. */
final class TestRole implements AutoCloseable {
    private static final String PASSWORD = "secret";

    private final TestDatabase database;
    private final String name = "role_" + UUID.randomUUID().toString().replace("-", "");

    TestRole(TestDatabase database, String attributes) {
        this.database = database;
        database.execute("CREATE ROLE " + name + " LOGIN PASSWORD '" + PASSWORD + "' " + attributes);
    }

    String name() {
        return name;
    }

    Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", name);
        properties.setProperty("password", PASSWORD);
        return DriverManager.getConnection(database.jdbcUrl(), properties);
    }

    @Override
    public void close() {
        database.execute("DROP OWNED BY " + name + " CASCADE", "DROP ROLE " + name);
    }
}
