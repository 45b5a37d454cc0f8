package localcdc.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPostgresIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void startsWithLogicalDecodingOnLoopback() throws SQLException {
        try (LocalPostgres postgres = server()) {
            assertThat(query(postgres, "SHOW wal_level")).isEqualTo("logical");
            assertThat(query(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(
                            postgres,
                            "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'postgres'"))
                    .isEqualTo("UTF8");
            assertThat(
                            query(
                                    postgres,
                                    "SELECT plugin FROM pg_create_logical_replication_slot('s', 'pgoutput'), pg_replication_slots"))
                    .isEqualTo("pgoutput");
        }
    }

    @Test
    void takesSettingsOfTheCaller() throws SQLException {
        try (LocalPostgres postgres = LocalPostgres.builder()
                .settings(Map.of("IntervalStyle", "sql_standard", "wal_level", "replica", "log_line_prefix", "it's "))
                .fsync(false)
                .build()
                .start()) {
            assertThat(query(postgres, "SHOW intervalstyle")).isEqualTo("sql_standard");
            assertThat(query(postgres, "SHOW wal_level")).isEqualTo("replica");
            assertThat(query(postgres, "SHOW log_line_prefix")).isEqualTo("it's ");
        }
    }

    @Test
    void letsNobodyInWithoutThePassword() {
        try (LocalPostgres postgres = server()) {
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl("postgres"), "postgres", "guess"))
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void keepsPortAndDataOverARestart() throws SQLException {
        try (LocalPostgres postgres = server()) {
            // Given
            int port = postgres.port();
            long pid = postgres.pid();
            update(postgres, "CREATE TABLE kept AS SELECT 42 AS answer");

            // When
            postgres.restart();

            // Then
            assertThat(postgres.port()).isEqualTo(port);
            assertThat(postgres.pid()).isNotEqualTo(pid);
            assertThat(query(postgres, "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void recoversWhatWasCommittedBeforeItWasKilled() throws Exception {
        try (LocalPostgres postgres = server()) {
            // Given
            update(postgres, "CREATE TABLE kept AS SELECT 42 AS answer");
            ProcessHandle server = ProcessHandle.of(postgres.pid()).orElseThrow();
            List<ProcessHandle> family = server.descendants().toList();

            // When
            postgres.kill();

            // Then
            assertThat(postgres.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(128 + 9);
            assertThat(postgres.isAlive()).isFalse();
            assertThat(family).isNotEmpty().noneMatch(ProcessHandle::isAlive);

            // And when
            postgres.start();

            // Then
            assertThat(query(postgres, "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void startsAgainOnceWhatIsLeftOfAKilledServerHasEnded() throws Exception {
        try (LocalPostgres postgres = server()) {
            // Given: one of its processes outlives it for a while, and holds its shared memory
            ProcessHandle server = ProcessHandle.of(postgres.pid()).orElseThrow();
            ProcessHandle child = server.children().findFirst().orElseThrow();
            new ProcessBuilder("kill", "-STOP", Long.toString(child.pid()))
                    .start()
                    .waitFor(10, TimeUnit.SECONDS);
            server.destroyForcibly();
            server.onExit().get(30, TimeUnit.SECONDS);
            await().atMost(SOON).until(() -> !postgres.isAlive());
            CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(
                    child::destroyForcibly, CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS));

            // When
            postgres.start();

            // Then
            assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
            assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void leavesNothingWhenClosed() throws Exception {
        // Given
        LocalPostgres postgres = server();
        Path folder = postgres.logFile().getParent();
        ProcessHandle server = ProcessHandle.of(postgres.pid()).orElseThrow();
        List<ProcessHandle> family = new ArrayList<>(server.descendants().toList());
        family.add(server);
        family.add(server.parent().orElseThrow());

        // When
        postgres.close();
        postgres.close();

        // Then
        assertThat(folder).doesNotExist();
        await().atMost(SOON).untilAsserted(() -> assertThat(family).noneMatch(ProcessHandle::isAlive));
        assertThat(FreePort.isFree(postgres.port())).isTrue();
    }

    @Test
    void endsWithAKilledJvmAndTheNextStartRemovesItsFolder() throws Exception {
        try (ChildJvm parent = ChildJvm.start(ServerMain.class, "wait")) {
            // Given
            ProcessHandle server =
                    ProcessHandle.of(Long.parseLong(parent.nextLine())).orElseThrow();
            Path folder = Path.of(parent.nextLine());
            List<ProcessHandle> family = parent.descendants();
            assertThat(family).contains(server);

            // When
            parent.kill();

            // Then
            await().atMost(SOON).untilAsserted(() -> assertThat(family).noneMatch(ProcessHandle::isAlive));
            // Or some other start, of a test beside this one.
            server().close();
            assertThat(folder).doesNotExist();
        }
    }

    @Test
    void goesWithAJvmThatEndsWithoutClosingIt() throws Exception {
        try (ChildJvm parent = ChildJvm.start(ServerMain.class, "end")) {
            // Given
            long pid = Long.parseLong(parent.nextLine());
            Path folder = Path.of(parent.nextLine());

            // When
            parent.waitForExit();

            // Then
            assertThat(ProcessHandle.of(pid)).isEmpty();
            assertThat(folder).doesNotExist();
        }
    }

    @Test
    void leavesTheFolderOfALivingServerAlone() throws SQLException {
        try (LocalPostgres first = server();
                LocalPostgres second = server()) {
            assertThat(first.port()).isNotEqualTo(second.port());
            assertThat(first.logFile()).exists();
            assertThat(query(first, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void keepsADataDirectoryOfTheCaller(@TempDir Path folder) throws Exception {
        // Given
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path data = folder.resolve("data");
        try (LocalPostgres first = inDirectory(data, "secret").start()) {
            update(first, "CREATE TABLE kept AS SELECT 42 AS answer");
        }

        // When
        try (LocalPostgres second = inDirectory(data, "secret").start()) {

            // Then
            assertThat(query(second, "SELECT answer FROM kept")).isEqualTo("42");
        }
        LocalPostgres withoutPassword = inDirectory(data, null);
        assertThatThrownBy(withoutPassword::start)
                .isInstanceOf(StackException.class)
                .hasMessageContaining("password is not known");
    }

    @Test
    void saysThatThePortIsTaken() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                LocalPostgres postgres = LocalPostgres.builder()
                        .port(other.getLocalPort())
                        .fsync(false)
                        .build()) {
            assertThatThrownBy(postgres::start)
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("Another program listens there")
                    .hasMessageContaining(Integer.toString(other.getLocalPort()));
        }
    }

    @Test
    void saysWhatIsWrongWithAnInstallation(@TempDir Path empty) {
        assertThatThrownBy(() -> LocalPostgres.builder().installation(empty))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("holds no program 'initdb'");
    }

    @Test
    void startsTheVersionsThatAreInstalled() throws Exception {
        List<Path> installed = InstalledPostgres.binFolders();
        if (installed.isEmpty()) {
            TestPostgres.skip("no PostgreSQL is installed to be started from its bin folder");
        }
        for (Path bin : installed) {
            try (LocalPostgres postgres = LocalPostgres.builder()
                    .installation(bin)
                    .fsync(false)
                    .build()
                    .start()) {
                assertThat(query(postgres, "SHOW server_version"))
                        .startsWith(bin.getParent().getFileName().toString());
                assertThat(query(postgres, "SHOW wal_level")).isEqualTo("logical");
            }
        }
    }

    private static LocalPostgres server() {
        return LocalPostgres.builder().fsync(false).build().start();
    }

    private static LocalPostgres inDirectory(Path data, String password) {
        return LocalPostgres.builder()
                .dataDirectory(data)
                .password(password)
                .fsync(false)
                .build();
    }

    private static String query(LocalPostgres postgres, String sql) throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void update(LocalPostgres postgres, String sql) throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
