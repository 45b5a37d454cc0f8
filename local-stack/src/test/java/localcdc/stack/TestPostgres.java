package localcdc.stack;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The Postgres that integration tests use. The system property {@code postgres} says which:
 *
 * <ul>
 *   <li>{@code auto} (default): Testcontainers where Docker is reachable, else {@code embedded};
 *   <li>{@code embedded}: {@link LocalPostgres} from the binaries on the classpath;
 *   <li>{@code testcontainers}: a container; without Docker the test is skipped, and stderr says so;
 *   <li>{@code HOST:PORT}: a server that runs already, with user, password and database from PGUSER, PGPASSWORD, PGDATABASE.
 * </ul>
 *
 * <p>Safe for any thread.
 */
public final class TestPostgres {
    private static final String PROPERTY = "postgres";
    private static final Pattern HOST_AND_PORT = Pattern.compile("(?<host>.+):(?<port>\\d+)");

    private static TestPostgres shared;

    private final String kind;
    private final String host;
    private final int port;
    private final String user;
    private final String password;
    private final String maintenanceDatabase;

    TestPostgres(String kind, String host, int port, String user, String password, String maintenanceDatabase) {
        this.kind = kind;
        this.host = host;
        this.port = port;
        this.user = user;
        this.password = password;
        this.maintenanceDatabase = maintenanceDatabase;
    }

    /** The server of this JVM, started when first asked for and stopped when the JVM ends. Nobody may restart it. */
    public static synchronized TestPostgres shared() {
        if (shared == null) {
            shared = choose(System.getProperty(PROPERTY, "auto"));
            System.err.println("Tests use Postgres " + shared.kind + " at " + shared.host + ":" + shared.port);
        }
        return shared;
    }

    /**
     * A server of the caller's own, to restart and kill; the caller closes it. Always from the binaries on the classpath:
     * if another kind was asked for by name, the test is skipped, and stderr says so.
     */
    public static LocalPostgres privateServer(Map<String, String> settings) {
        String asked = System.getProperty(PROPERTY, "auto");
        if (!asked.equals("auto") && !asked.equals("embedded")) {
            skip("this test restarts its Postgres, which only -Dpostgres=embedded can do (found -Dpostgres=" + asked
                    + ")");
        }
        return LocalPostgres.builder().settings(settings).fsync(false).build().start();
    }

    /** Skips the running test and says why on stderr, in a line that begins with SKIPPED. */
    public static void skip(String reason) {
        System.err.println("SKIPPED: " + reason);
        Assumptions.abort(reason);
    }

    private static TestPostgres choose(String asked) {
        return switch (asked) {
            case "auto" ->
                mayHaveDocker() && ContainerPostgres.isDockerReachable() ? ContainerPostgres.start() : embedded();
            case "embedded" -> embedded();
            case "testcontainers" -> container();
            default -> external(asked);
        };
    }

    private static TestPostgres container() {
        if (!hasTestcontainers()) {
            throw new IllegalStateException(
                    "-Dpostgres=testcontainers needs testcontainers-postgresql among this module's test dependencies");
        }
        if (!ContainerPostgres.isDockerReachable()) {
            skip("-Dpostgres=testcontainers, but no Docker is reachable");
        }
        return ContainerPostgres.start();
    }

    private static TestPostgres embedded() {
        LocalPostgres server = LocalPostgres.builder().fsync(false).build().start();
        return new TestPostgres("embedded", server.host(), server.port(), server.user(), server.password(), "postgres");
    }

    private static TestPostgres external(String asked) {
        Matcher address = HOST_AND_PORT.matcher(asked);
        if (!address.matches()) {
            throw new IllegalArgumentException(
                    "-Dpostgres=" + asked + " is none of auto, embedded, testcontainers, HOST:PORT");
        }
        return new TestPostgres(
                "external",
                address.group("host"),
                Integer.parseInt(address.group("port")),
                environment("PGUSER", "postgres"),
                environment("PGPASSWORD", ""),
                environment("PGDATABASE", "postgres"));
    }

    private static String environment(String name, String otherwise) {
        return Optional.ofNullable(System.getenv(name)).orElse(otherwise);
    }

    /** A look that costs nothing: Testcontainers takes seconds, and pages of log, to find out that Docker is not there. */
    private static boolean mayHaveDocker() {
        Stream<String> sockets = Stream.of(
                "/var/run/docker.sock",
                System.getProperty("user.home") + "/.docker/run/docker.sock",
                System.getProperty("user.home") + "/.docker/desktop/docker.sock",
                environment("XDG_RUNTIME_DIR", "/run") + "/docker.sock");
        return hasTestcontainers()
                && (System.getenv("DOCKER_HOST") != null
                        || sockets.map(Path::of).anyMatch(Files::exists));
    }

    private static boolean hasTestcontainers() {
        return TestPostgres.class
                        .getClassLoader()
                        .getResource("org/testcontainers/postgresql/PostgreSQLContainer.class")
                != null;
    }

    /** A fresh, empty database with a name of its own. */
    public TestDatabase createDatabase() {
        return createDatabase("test_" + UUID.randomUUID().toString().replace("-", ""));
    }

    /** A fresh, empty database with this name, for tests of names. */
    public TestDatabase createDatabase(String name) {
        try (Connection connection = connect(maintenanceDatabase);
                Statement statement = connection.createStatement()) {
            // From template0: a test may sit in any template, and then nobody could copy it.
            statement.execute("CREATE DATABASE \"" + name.replace("\"", "\"\"") + "\" TEMPLATE template0");
        } catch (SQLException failed) {
            throw new IllegalStateException("cannot create database " + name, failed);
        }
        return new TestDatabase(this, name);
    }

    /** {@code embedded}, {@code testcontainers} or {@code external}. */
    public String kind() {
        return kind;
    }

    /** Where it listens. */
    public String host() {
        return host;
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** A superuser. */
    public String user() {
        return user;
    }

    /** The superuser's password. */
    public String password() {
        return password;
    }

    /** A database that is always there; tests make their own with {@link #createDatabase()}. */
    public String maintenanceDatabase() {
        return maintenanceDatabase;
    }

    /** The JDBC address of a database, without user and password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + URLEncoder.encode(database, StandardCharsets.UTF_8);
    }

    /** A new connection as superuser; the caller closes it. */
    public Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("loginTimeout", "20");
        properties.setProperty("ApplicationName", "test");
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }
}
