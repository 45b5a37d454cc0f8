package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import localcdc.core.event.TableId;
import localcdc.core.verify.TableTruth;
import localcdc.kafka.KafkaRunner;
import localcdc.kafka.KafkaSettings;
import localcdc.stack.LocalPostgres;
import localcdc.stack.SampleDatabase;
import org.junit.jupiter.api.Test;

class UpIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void leavesNothingBehindAfterASignal() throws Exception {
        try (var lab = ChildLab.start("up", "--no-kafka")) {
            // Given
            var postgres = new ObjectMapper().readTree(lab.nextLine()).get("postgres");
            var data = Path.of(ask(postgres, "SHOW data_directory"));
            assertThat(customers(postgres)).isEqualTo("4");
            var family = lab.descendants();
            assertThat(family).isNotEmpty();

            // When
            lab.terminate();

            // Then
            assertThat(lab.exitCode(PATIENCE)).isZero();
            assertThat(lab.remainingLines()).isEmpty();
            assertThat(family).noneMatch(ProcessHandle::isAlive);
            assertThat(data.getParent()).doesNotExist();
            assertThat(lab.errors()).contains("psql", "runner-embedded.jar").doesNotContain("Exception");
        }
    }

    @Test
    void feedsATopicForEachTableAndTakesEverythingBack() throws Exception {
        try (var database = LocalPostgres.builder().fsync(false).build().start()) {
            try (var connection = database.connect("postgres")) {
                SampleDatabase.applyTo(connection);
            }
            var external =
                    Map.of("PGUSER", database.user(), "PGPASSWORD", database.password(), "PGDATABASE", "postgres");
            try (var lab = ChildLab.start(
                    external,
                    "up",
                    "--external-postgres",
                    "127.0.0.1:" + database.port(),
                    "--table",
                    "inventory.*",
                    "--leave-out",
                    "inventory.customers.email")) {
                // Given
                var ready = new ObjectMapper().readTree(lab.nextLine());
                assertThat(ready.get("postgres").has("password")).isFalse();
                var broker = ready.get("kafka").get("bootstrapServers").asText();
                var family = lab.descendants();

                // When
                try (var runner = new KafkaRunner(KafkaSettings.of(broker, "cdc.inventory.customers"))) {
                    runner.start();
                    await().atMost(PATIENCE).until(() -> rows(runner).contains("\"first_name\":\"Sally\""));
                    change(database, "UPDATE inventory.customers SET first_name = 'Sara' WHERE id = 1001");
                    await().atMost(PATIENCE).until(() -> rows(runner).contains("\"first_name\":\"Sara\""));
                    assertThat(rows(runner)).doesNotContain("email");
                }
                lab.terminate();

                // Then
                assertThat(lab.exitCode(PATIENCE)).isZero();
                assertThat(family).noneMatch(ProcessHandle::isAlive);
                assertThat(lab.errors())
                        .contains(
                                "runner-kafka.jar",
                                "runner-embedded.jar",
                                ready.get("connect").get("url").asText())
                        .doesNotContain(database.password());
                try (var connection = database.connect("postgres");
                        var statement = connection.createStatement();
                        var left = statement.executeQuery("SELECT (SELECT count(*) FROM pg_replication_slots)"
                                + " + (SELECT count(*) FROM pg_publication WHERE pubname LIKE 'localcdc_lab_%')")) {
                    left.next();
                    assertThat(left.getLong(1))
                            .as("slots and publications left")
                            .isZero();
                }
            }
        }
    }

    @Test
    void saysWhatConnectCannotCarryBeforeItStartsIt() throws Exception {
        try (var database = LocalPostgres.builder().fsync(false).build().start()) {
            change(database, "CREATE TABLE c (id int PRIMARY KEY, cur refcursor)");
            try (var lab = ChildLab.start(
                    Map.of("PGUSER", database.user(), "PGPASSWORD", database.password(), "PGDATABASE", "postgres"),
                    "up",
                    "--external-postgres",
                    "127.0.0.1:" + database.port())) {
                assertThat(lab.remainingLines()).isEmpty();

                assertThat(lab.exitCode(PATIENCE)).isEqualTo(3);
                assertThat(lab.errors())
                        .contains("refcursor: public.c.cur", "--leave-out public.c.cur")
                        .doesNotContain("Starting a Kafka broker", "\tat ");
            }
        }
    }

    private static String rows(KafkaRunner runner) {
        return TableTruth.rows(runner.pipeline().reader(), new TableId("inventory", "customers"))
                .toString();
    }

    private static void change(LocalPostgres database, String sql) throws SQLException {
        try (var connection = database.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void takesItsServerAlongWhenItIsKilled() throws Exception {
        try (var lab = ChildLab.start("up", "--no-kafka")) {
            lab.nextLine();
            var family = lab.descendants();

            lab.kill();

            await().atMost(PATIENCE).until(() -> family.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void startsAServerAgainThatDied() throws Exception {
        try (var lab = ChildLab.start("up", "--no-kafka")) {
            // Given
            var postgres = new ObjectMapper().readTree(lab.nextLine()).get("postgres");
            var pidFile = Path.of(ask(postgres, "SHOW data_directory")).resolve("postmaster.pid");
            long server = Long.parseLong(Files.readAllLines(pidFile).get(0));
            ask(postgres, "DELETE FROM inventory.customers WHERE id = 1004 RETURNING id");

            // When
            ProcessHandle.of(server).orElseThrow().destroyForcibly();

            // Then: the same port, the same data, and it says so
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(lab.errors()).contains("is back on port"));
            assertThat(customers(postgres)).isEqualTo("3");
            lab.terminate();
            assertThat(lab.exitCode(PATIENCE)).isZero();
        }
    }

    private static String customers(JsonNode postgres) throws SQLException {
        return ask(postgres, "SELECT count(*) FROM inventory.customers");
    }

    private static String ask(JsonNode postgres, String question) throws SQLException {
        try (var connection = connect(postgres);
                var statement = connection.createStatement();
                var result = statement.executeQuery(question)) {
            result.next();
            return result.getString(1);
        }
    }

    private static Connection connect(JsonNode postgres) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://" + postgres.get("host").asText() + ":"
                        + postgres.get("port").asInt() + "/"
                        + postgres.get("database").asText(),
                postgres.get("user").asText(),
                postgres.get("password").asText());
    }
}
