package localcdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

class PostgresSetupIT {
    private static final Path SCRIPTS = Path.of(System.getProperty("basedir", "."), "..", "postgres-setup");
    private static final String SECRET = "it's a \"secret\" $HOME `id`";
    private static final int SCRIPT_TIMEOUT_SECONDS = 60;

    /** As somebody may have set up a server that never captured a change. */
    private static final Map<String, String> UNPREPARED = Map.of(
            "wal_level", "replica",
            "max_wal_senders", "3",
            "max_replication_slots", "2",
            "max_slot_wal_keep_size", "-1",
            "wal_sender_timeout", "0",
            "log_statement", "all");

    private static final String SETTINGS = "SELECT string_agg(name || '=' || current_setting(name), ' ' ORDER BY name)"
            + " FROM pg_settings WHERE name IN ('wal_level', 'max_wal_senders', 'max_replication_slots',"
            + " 'max_slot_wal_keep_size', 'wal_sender_timeout')";

    @BeforeAll
    static void needsPsql() {
        if (SystemPath.find("psql").isEmpty()) {
            TestPostgres.skip("psql is not on the PATH, so the scripts of postgres-setup are not tested");
        }
    }

    /** The server of the classpath (null), and every one that is installed. */
    static List<Path> servers() throws IOException {
        List<Path> servers = new ArrayList<>();
        servers.add(null);
        servers.addAll(InstalledPostgres.binFolders());
        return servers;
    }

    @ParameterizedTest
    @MethodSource("servers")
    void appliesTwiceAndRemovesTwice(Path installation) throws Exception {
        try (LocalPostgres postgres = unprepared(installation)) {
            // Given
            String before = query(postgres, SETTINGS);

            // When
            Output first = run(postgres, "apply");
            postgres.restart();
            Output second = run(postgres, "apply");

            // Then
            assertThat(first.text)
                    .contains("Restart Postgres now")
                    .contains("wal_level is replica and becomes logical");
            assertThat(second.text).contains("nothing waits for a restart");
            assertThat(query(postgres, SETTINGS))
                    .isEqualTo("max_replication_slots=10 max_slot_wal_keep_size=4GB max_wal_senders=10"
                            + " wal_level=logical wal_sender_timeout=1min");
            assertThat(query(postgres, "SELECT count(*) FROM inventory.customers"))
                    .isEqualTo("4");
            assertThat(query(postgres, "SELECT count(*) FROM pg_publication_tables"))
                    .isEqualTo("5");
            theRoleCapturesAndNothingElse(postgres);
            assertThat(run(postgres, "workload", "0", "3").text).isEmpty();
            assertThat(query(postgres, "SELECT count(*) FROM inventory.customers"))
                    .isEqualTo("7");

            // And when
            Output removed = run(postgres, "remove");
            run(postgres, "remove");
            postgres.restart();

            // Then
            assertThat(removed.text).contains("Dropped slot localcdc_test");
            assertThat(query(postgres, SETTINGS)).isEqualTo(before);
            assertThat(query(
                            postgres,
                            "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = 'inventory')"
                                    + " + (SELECT count(*) FROM pg_publication)"
                                    + " + (SELECT count(*) FROM pg_roles WHERE rolname = 'cdc')"
                                    + " + (SELECT count(*) FROM pg_class WHERE relname = 'sample_table')"
                                    + " + (SELECT count(*) FROM pg_replication_slots)"))
                    .isEqualTo("0");
        }
    }

    @Test
    void neverWritesThePasswordIntoTheLog() throws Exception {
        try (LocalPostgres postgres = unprepared(null)) {
            run(postgres, "apply");

            assertThat(postgres.logFile()).content(StandardCharsets.UTF_8).doesNotContain("secret");
        }
    }

    @Test
    void removesNothingWhileASlotIsInUse() throws Exception {
        try (LocalPostgres postgres = TestPostgres.privateServer(Map.of())) {
            // Given
            run(postgres, "apply");
            query(postgres, "SELECT pg_create_logical_replication_slot('localcdc_busy', 'pgoutput')::text");
            try (PGReplicationStream stream = stream(postgres, "localcdc_busy")) {
                assertThat(stream.isClosed()).isFalse();

                // When
                Output removed = runUnchecked(postgres, "remove");

                // Then
                assertThat(removed.exitCode).isNotZero();
                assertThat(removed.text).contains("Slot localcdc_busy is in use by process");
                assertThat(query(postgres, "SELECT count(*) FROM inventory.customers"))
                        .isEqualTo("4");
            }
        }
    }

    @Test
    void keepsWhatASlotOfSomebodyElseNeeds() throws Exception {
        try (LocalPostgres postgres = unprepared(null)) {
            // Given
            run(postgres, "apply");
            postgres.restart();
            query(postgres, "SELECT pg_create_logical_replication_slot('theirs', 'pgoutput')::text");

            // When
            Output removed = run(postgres, "remove");
            postgres.restart();

            // Then
            assertThat(removed.text).contains("slot theirs is not ours");
            assertThat(query(postgres, "SHOW wal_level")).isEqualTo("logical");
            assertThat(query(postgres, "SELECT slot_name FROM pg_replication_slots"))
                    .isEqualTo("theirs");
        }
    }

    private static void theRoleCapturesAndNothingElse(LocalPostgres postgres) throws SQLException {
        try (Connection cdc = DriverManager.getConnection(postgres.jdbcUrl("postgres"), "cdc", SECRET);
                Statement statement = cdc.createStatement()) {
            statement.execute("SELECT * FROM inventory.customers, inventory.order_items, sample_table");
            statement.execute("SELECT pg_create_logical_replication_slot('localcdc_test', 'pgoutput')");
            statement.execute("SELECT pg_logical_emit_message(true, 'heartbeat', 'x')");
            assertThat(refused(statement, "DELETE FROM inventory.customers")).contains("permission denied");
            assertThat(refused(statement, "CREATE TABLE inventory.t ()")).contains("permission denied");
            assertThat(refused(statement, "ALTER PUBLICATION localcdc_inventory SET (publish = 'insert')"))
                    .contains("must be owner");
        }
    }

    private static PGReplicationStream stream(LocalPostgres postgres, String slot) throws SQLException {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, postgres.user());
        PGProperty.PASSWORD.set(properties, postgres.password());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "13");
        return DriverManager.getConnection(postgres.jdbcUrl("postgres"), properties)
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", SampleDatabase.PUBLICATION)
                .start();
    }

    private static String refused(Statement statement, String sql) {
        try {
            statement.execute(sql);
            return "allowed: " + sql;
        } catch (SQLException refused) {
            return refused.getMessage();
        }
    }

    private static LocalPostgres unprepared(Path installation) {
        if (installation == null) {
            return TestPostgres.privateServer(UNPREPARED);
        }
        return LocalPostgres.builder()
                .installation(installation)
                .settings(UNPREPARED)
                .fsync(false)
                .build()
                .start();
    }

    private static String query(LocalPostgres postgres, String sql) throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private record Output(int exitCode, String text) {}

    private static Output run(LocalPostgres postgres, String script, String... arguments) throws Exception {
        Output output = runUnchecked(postgres, script, arguments);
        assertThat(output.exitCode).as(output.text).isZero();
        return output;
    }

    private static Output runUnchecked(LocalPostgres postgres, String script, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("sh", SCRIPTS.resolve(script).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("PGHOST", postgres.host());
        variables.put("PGPORT", Integer.toString(postgres.port()));
        variables.put("PGUSER", postgres.user());
        variables.put("PGPASSWORD", postgres.password());
        variables.put("PGDATABASE", "postgres");
        variables.put("CDC_PASSWORD", SECRET);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().putAll(variables);
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(SCRIPT_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(script + " does not end: " + text);
        }
        return new Output(process.exitValue(), text);
    }
}
