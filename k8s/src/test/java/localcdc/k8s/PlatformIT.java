package localcdc.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Probe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import localcdc.common.cli.JarProcess;
import localcdc.stack.LocalConnect;
import localcdc.stack.LocalKafka;
import localcdc.stack.SampleDatabase;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the manifests configure is what runs: broker and worker with the settings that the images would make of their
 * containers' environment, the connector registered by the registrar's own script, the consumer by the image's command line.
 * Only addresses and folders are other ones.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PlatformIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Manifests MANIFESTS = Manifests.files("kind");
    private static final Path REGISTRAR = Manifests.FOLDER.resolve("base").resolve("register-connector.sh");

    /** What has to be another one here, and what LocalKafka and LocalConnect therefore see to. */
    private static final Set<String> OF_THE_PLACE = Set.of(
            "node.id",
            "log.dirs",
            "listeners",
            "advertised.listeners",
            "controller.quorum.voters",
            "inter.broker.listener.name",
            "listener.security.protocol.map");

    @TempDir
    private static Path folder;

    private static TestDatabase database;
    private static LocalKafka kafka;
    private static LocalConnect connect;
    private static Path secrets;
    private static Path files;

    @BeforeAll
    static void startPlatform() throws IOException, SQLException {
        if (!Files.isExecutable(Path.of("/usr/bin/curl")) && !Files.isExecutable(Path.of("/bin/curl"))) {
            TestPostgres.skip("the registrar's script needs curl, which is not here");
        }
        database = TestPostgres.shared().createDatabase();
        try (var connection = database.connect()) {
            SampleDatabase.applyTo(connection);
        }
        secrets = Files.createDirectory(folder.resolve("pg"));
        files = Files.createDirectory(folder.resolve("connector"));
        kafka = LocalKafka.builder()
                .settings(ImageEnvironment.kafkaSettings(environment("kafka-broker", "kafka")))
                .build()
                .start();
        var settings = ImageEnvironment.connectSettings(environment("kafka-connect", "connect"));
        settings.replaceAll((name, value) -> value.replace("/etc/pg", secrets.toString()));
        connect = LocalConnect.builder(kafka.bootstrapServers())
                .settings(settings)
                .plugin(PlatformIT::copyPlugin)
                .build()
                .start();
    }

    /** The init container's work. */
    private static Path copyPlugin(Path connector) throws IOException {
        var jar = Manifests.FOLDER.resolve("../connect-plugin/target/connect-plugin.jar");
        if (!Files.exists(jar)) {
            TestPostgres.skip("there is no " + jar + "; './mvnw verify' makes it first");
        }
        return Files.copy(jar, connector.resolve(jar.getFileName()));
    }

    @AfterAll
    static void stopPlatform() {
        Stream.of(connect, kafka, database).forEach(PlatformIT::close);
    }

    private static void close(AutoCloseable closeable) {
        try {
            if (closeable != null) {
                closeable.close();
            }
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static V1Container container(String workload, String name) {
        return MANIFESTS.workload(workload).containers().stream()
                .filter(container -> container.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> environment(String workload, String container) {
        return Manifests.environment(container(workload, container));
    }

    @Test
    void theBrokerHasTakenEverySetting() throws Exception {
        var wanted = new TreeMap<>(ImageEnvironment.kafkaSettings(environment("kafka-broker", "kafka")));
        wanted.keySet().removeAll(OF_THE_PLACE);
        var broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            var has = admin.describeConfigs(List.of(broker))
                    .all()
                    .get(30, TimeUnit.SECONDS)
                    .get(broker);

            assertThat(wanted).hasSizeGreaterThan(25);
            wanted.forEach((name, value) -> {
                assertThat(has.get(name)).as("Kafka has no setting " + name).isNotNull();
                assertThat(has.get(name).value()).as(name).isEqualTo(value);
            });
        }
    }

    @Test
    void theConsumerEndsEqualToTheTableAndTheConnectorComesBackHoweverItWasLost() throws Exception {
        // Given
        var password = TestPostgres.shared().password();
        Map.of(
                        "username", TestPostgres.shared().user(),
                        "password", password,
                        "database", database.name(),
                        "port", Integer.toString(TestPostgres.shared().port()))
                .forEach((name, value) -> write(secrets.resolve(name), value));
        var shipped = Files.readString(Manifests.FOLDER.resolve("base").resolve("connector.json"));
        write(files.resolve("connector.json"), shipped.replace("/etc/pg", secrets.toString()));
        var slot = "localcdc_k8s_" + ProcessHandle.current().pid();
        writePlace(slot, 1);
        var state = Files.createDirectory(folder.resolve("state"));
        var log = folder.resolve("registrar.log");
        var registrar = registrar(state, log).start();
        try (var consumer = consumer()) {
            // When
            await().atMost(SOON).until(() -> Files.exists(state.resolve("running")));

            // Then: it is as the files say, and says no password
            assertThat(connect.status("inventory").orElseThrow().isRunning()).isTrue();
            var config = rest("GET", "/connectors/inventory/config", null);
            assertThat(config).contains("${directory:" + secrets + ":password}");
            assertThat(JSON.readTree(config).get("database.password").asText()).isNotEqualTo(password);
            assertThat(Files.readString(log)).contains("inventory: connector and tasks: RUNNING RUNNING");

            // Then: the probes pass, and the map is the table
            consumer.awaitReady();
            for (var probe : probes(container("cdc-consumer", "runner-kafka"))) {
                assertThat(consumer.get(probe.getHttpGet().getPath()).statusCode())
                        .as(probe.getHttpGet().getPath())
                        .isEqualTo(200);
            }
            for (var probe : probes(container("kafka-connect", "connect"))) {
                rest("GET", probe.getHttpGet().getPath(), null);
            }
            awaitEqual(consumer);
            database.execute("UPDATE inventory.customers SET balance = 7 WHERE id = 1001");
            awaitEqual(consumer);
            await().atMost(SOON).untilAsserted(() -> assertThat(consumer.err())
                    .contains("update inventory.customers {\"id\":1001}"));

            // Then: lost, changed by hand, changed in its file: it is soon as the files say again
            rest("DELETE", "/connectors/inventory", null);
            awaitPartitions("1");
            rest(
                    "PUT",
                    "/connectors/inventory/config",
                    config.replace("\"tombstones.on.delete\":\"true\"", "\"tombstones.on.delete\":\"false\""));
            await().atMost(SOON).untilAsserted(() -> assertThat(rest("GET", "/connectors/inventory/config", null))
                    .contains("\"tombstones.on.delete\":\"true\""));
            writePlace(slot, 2);
            awaitPartitions("2");
            database.execute("DELETE FROM inventory.customers WHERE id = 1002");
            awaitEqual(consumer);

            // Then: nothing was replaced without need
            assertThat(Files.readString(log).lines().filter(line -> line.contains("replacing it")))
                    .hasSize(2);

            // When
            write(files.resolve("zz.json"), "{\"snapshot.mode\": \"some\"}");

            // Then
            await().atMost(SOON).untilAsserted(() -> assertThat(Files.readString(log))
                    .contains("Connect refuses the configuration")
                    .contains("snapshot.mode"));
            write(files.resolve("zz.json"), "[1]");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(Files.readString(log)).contains("the files cannot be read"));
            Files.delete(files.resolve("zz.json"));
            await().atMost(SOON).until(() -> Files.exists(state.resolve("running")));

            // When
            var removing = registrar(state, folder.resolve("remove.log"));
            removing.command().add("remove");
            var removed = removing.start();

            // Then: it stays away, and the slot is free
            assertThat(removed.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(removed.exitValue())
                    .as(Files.readString(folder.resolve("remove.log")))
                    .isZero();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(Files.readString(log)).contains("inventory: removed"));
            assertThat(connect.status("inventory")).isEmpty();
            assertThat(Files.exists(state.resolve("running"))).isFalse();
            await().atMost(SOON).until(() -> database.query(
                            "SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot + "'")
                    .equals(List.of("f")));
        } finally {
            registrar.destroy();
            assertThat(registrar.waitFor(10, TimeUnit.SECONDS))
                    .as("it ends at SIGTERM")
                    .isTrue();
        }
    }

    /** What depends on the place comes after {@code connector.json} in the alphabet, and wins. */
    private static void writePlace(String slot, int partitions) {
        var host = TestPostgres.shared().host();
        write(
                files.resolve("place.json"),
                "{\"database.hostname\": \"" + host + "\", \"canonical.database.hostname\": \"" + host
                        + "\",\n\"slot.name\": \"" + slot + "\", \"topic.creation.default.partitions\": " + partitions
                        + "}");
    }

    /** Also for a reader that looks at the folder just now. */
    private static void write(Path file, String text) {
        try {
            var fresh = Files.writeString(folder.resolve(file.getFileName() + ".part"), text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The registrar's container, with its command and its environment. */
    private static ProcessBuilder registrar(Path state, Path log) {
        var shipped = container("kafka-connect", "registrar");
        assertThat(shipped.getCommand()).containsExactly("sh", "/etc/registrar/" + REGISTRAR.getFileName());
        var builder = new ProcessBuilder(new ArrayList<>(List.of("sh", REGISTRAR.toString())))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        var environment = new HashMap<>(Manifests.environment(shipped));
        assertThat(environment.put("CONNECT_URL", connect.url())).isEqualTo("http://localhost:8083");
        assertThat(environment.put("CONNECTOR_FILES", files.toString())).isEqualTo("/etc/connector");
        assertThat(environment.put("STATE_FOLDER", state.toString())).isEqualTo("/state");
        builder.environment().putAll(environment);
        return builder;
    }

    /** The consumer's container: the image's entry point with the Deployment's arguments. */
    private static JarProcess consumer() throws IOException {
        var command = new ArrayList<String>();
        for (var word : JSON.readTree(dockerfile("ENTRYPOINT"))) {
            command.add(word.asText());
        }
        assertThat(command.get(0)).isEqualTo("java");
        command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.replaceAll(word -> word.replace("/opt/localcdc/app/*", jars("modules") + "/*:" + ourJar())
                .replace("/opt/localcdc/lib/*", jars("lib") + "/*"));
        container("cdc-consumer", "runner-kafka").getArgs().stream()
                .map(argument -> argument.replace("kafka:9092", kafka.bootstrapServers())
                        .replace("http://kafka-connect:8083", connect.url())
                        .replace("0.0.0.0", "127.0.0.1")
                        .replace("--http-port=8080", "--http-port=0"))
                .forEach(command::add);
        return JarProcess.run(command, folder, Map.of());
    }

    private static String dockerfile(String instruction) throws IOException {
        var text = Files.readString(Manifests.FOLDER.resolve("../runner-kafka/Dockerfile"))
                .replace("\\\n", "");
        return text.lines()
                .filter(line -> line.startsWith(instruction))
                .map(line -> line.substring(instruction.length()))
                .findFirst()
                .orElseThrow();
    }

    private static Path jars(String kind) {
        var jars = Manifests.FOLDER.resolve("../runner-kafka/target/image").resolve(kind);
        if (!Files.isDirectory(jars)) {
            TestPostgres.skip("there is no " + jars + "; './mvnw verify' makes it first");
        }
        return jars;
    }

    private static Path ourJar() {
        return Manifests.FOLDER.resolve(
                "../runner-kafka/target/runner-kafka-" + System.getProperty("project.version") + ".jar");
    }

    private static List<V1Probe> probes(V1Container container) {
        return List.of(container.getStartupProbe(), container.getReadinessProbe(), container.getLivenessProbe());
    }

    private static void awaitPartitions(String count) {
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> assertThat(
                        JSON.readTree(rest("GET", "/connectors/inventory/config", null))
                                .get("topic.creation.default.partitions")
                                .asText())
                .isEqualTo(count));
        await().atMost(SOON).until(() -> connect.status("inventory")
                .filter(status -> status.isRunning())
                .isPresent());
    }

    private static void awaitEqual(JarProcess consumer) {
        await().atMost(SOON).untilAsserted(() -> assertThat(consumer.get("/api/tables/inventory.customers/dump")
                        .body()
                        .lines()
                        .map(PlatformIT::row)
                        .collect(Collectors.toSet()))
                .isEqualTo(Set.copyOf(database.query("SELECT to_jsonb(t)::text FROM inventory.customers t")).stream()
                        .map(PlatformIT::parsed)
                        .collect(Collectors.toSet())));
    }

    private static JsonNode row(String line) {
        return parsed(line).get("row");
    }

    private static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Asks Connect; the answer must be good. */
    private static String rest(String method, String path, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(connect.url() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return answer.body();
    }
}
