package localcdc.k8s;

import static localcdc.k8s.ManifestPlatform.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Probe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import localcdc.common.cli.JarProcess;
import localcdc.stack.ConnectorStatus;
import localcdc.stack.TestPostgres;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the manifests configure is what runs, and it comes back however it was lost. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PlatformIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONFIG = "/connectors/inventory/config";

    /** What has to be another one here, and what LocalKafka therefore sees to. */
    private static final Set<String> OF_THE_PLACE = Set.of(
            "node.id",
            "log.dirs",
            "listeners",
            "advertised.listeners",
            "controller.quorum.voters",
            "inter.broker.listener.name",
            "listener.security.protocol.map");

    /** What the connector does not list: it belongs to parts that define their settings themselves, ours among them. */
    private static final Set<String> PLUGGED_IN = Set.of(
            "canonical.",
            "post.processors.reread.",
            "producer.override.",
            "queue.provider.type",
            "driver.options",
            "localcdc.",
            "notification.sink.",
            // Connect's own.
            "topic.creation.",
            // Read by Debezium 3.6, and missing in what it lists.
            "offset.mismatch.strategy",
            "event.converting.failure.handling.mode",
            "errors.retry.delay.initial.ms");

    @TempDir
    private static Path folder;

    private static ManifestPlatform platform;
    private static JarProcess consumer;

    @BeforeAll
    static void startPlatform() throws Exception {
        platform = new ManifestPlatform(folder);
        consumer = platform.startConsumer();
        platform.startRegistrar();
    }

    @AfterAll
    static void stopPlatform() {
        if (consumer != null) {
            consumer.close();
        }
        if (platform != null) {
            platform.close();
        }
    }

    @BeforeEach
    void awaitPlatform() {
        platform.awaitRunning();
    }

    @Test
    void theBrokerHasTakenEverySetting() throws Exception {
        var wanted =
                new TreeMap<>(ImageEnvironment.kafkaSettings(ManifestPlatform.environment("kafka-broker", "kafka")));
        wanted.keySet().removeAll(OF_THE_PLACE);
        var broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        try (var admin =
                Admin.create(Map.of("bootstrap.servers", platform.kafka().bootstrapServers()))) {
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
    void aBrokerWithTheManifestsListenersServesBothKindsOfClients() throws Exception {
        try (var broker = new ManifestBroker(
                folder.resolve("manifest-broker"),
                platform.kafka(),
                ManifestPlatform.environment("kafka-broker", "kafka"))) {
            for (var port : List.of(9092, 9094)) {
                var address = broker.awaitListener(port);
                try (var admin = Admin.create(Map.of("bootstrap.servers", address))) {
                    var nodes = admin.describeCluster().nodes().get(30, TimeUnit.SECONDS);

                    assertThat(nodes).singleElement().satisfies(node -> assertThat(node.port())
                            .as("clients of " + port + " are sent on to the listener that they came by")
                            .isEqualTo(Integer.parseInt(address.substring(address.indexOf(':') + 1))));
                }
            }
        }
    }

    @Test
    void theConnectorIsAsTheFilesSayAndSaysNoPassword() throws Exception {
        var config = good("GET", CONFIG, null);

        assertThat(connectorRuns()).isTrue();
        assertThat(config).contains(platform.placeholder("password"), platform.placeholder("username"));
        assertThat(JSON.readTree(config).get("database.password").asText())
                .isNotEqualTo(TestPostgres.shared().password());
        assertThat(platform.log()).contains("inventory: connector and tasks: RUNNING RUNNING");
    }

    @Test
    void theConnectorKnowsEverySettingAndHasNothingAgainstIt() throws Exception {
        var config = JSON.readTree(good("GET", CONFIG, null));
        var path = "/connector-plugins/" + config.get("connector.class").asText() + "/config/validate";
        var verdict = JSON.readTree(good("PUT", path, config.toString()));

        assertThat(verdict.get("error_count").asInt()).as(verdict.toString()).isZero();
        var unknown = new TreeSet<String>();
        config.fieldNames().forEachRemaining(unknown::add);
        verdict.get("configs")
                .forEach(known ->
                        unknown.remove(known.get("definition").get("name").asText()));
        unknown.removeIf(name -> PLUGGED_IN.stream().anyMatch(name::startsWith));
        assertThat(unknown).isEmpty();
    }

    @Test
    void theProbesPassAndTheConsumersMapIsTheTable() throws Exception {
        consumer.awaitReady();
        for (var probe : probes(ManifestPlatform.container("cdc-consumer", "runner-kafka"))) {
            assertThat(consumer.get(probe.getHttpGet().getPath()).statusCode())
                    .as(probe.getHttpGet().getPath())
                    .isEqualTo(200);
        }
        for (var probe : probes(ManifestPlatform.container("kafka-connect", "connect"))) {
            good("GET", probe.getHttpGet().getPath(), null);
        }
        awaitEqual();
        platform.database().execute("UPDATE inventory.customers SET balance = balance + 1 WHERE id = 1001");
        awaitEqual();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(consumer.err()).contains("update inventory.customers {\"id\":1001}"));
    }

    private static List<V1Probe> probes(V1Container container) {
        return List.of(container.getStartupProbe(), container.getReadinessProbe(), container.getLivenessProbe());
    }

    @Test
    void whatIsDeletedOrChangedIsSoonAsTheFilesSayAgain() throws Exception {
        var before = replaced();
        good("DELETE", "/connectors/inventory", null);
        awaitSetting("tombstones.on.delete", "true");
        platform.awaitRunning();

        var config = good("GET", CONFIG, null);
        good("PUT", CONFIG, config.replace("\"tombstones.on.delete\":\"true\"", "\"tombstones.on.delete\":\"false\""));
        awaitSetting("tombstones.on.delete", "true");

        platform.writePlace(2);
        awaitSetting("topic.creation.default.partitions", "2");
        platform.writePlace(1);
        awaitSetting("topic.creation.default.partitions", "1");

        await().atMost(SOON).until(PlatformIT::connectorRuns);
        platform.database().execute("DELETE FROM inventory.customers WHERE id = 1002");
        awaitEqual();
        assertThat(replaced() - before).as("nothing is replaced without need").isEqualTo(3);
    }

    private static long replaced() throws IOException {
        return platform.log()
                .lines()
                .filter(line -> line.contains("replacing it"))
                .count();
    }

    private static void awaitSetting(String name, String value) {
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        JSON.readTree(platform.rest("GET", CONFIG, null).body())
                                .path(name)
                                .asText())
                .isEqualTo(value));
    }

    @Test
    void saysWhatIsWrongWithTheFiles() throws Exception {
        platform.write("zz.json", "{\"snapshot.mode\": \"some\"}");
        await().atMost(SOON).untilAsserted(() -> assertThat(platform.log())
                .containsPattern("Connect refuses the configuration \\(\\d+\\): .*snapshot\\.mode.* must be one of"));
        platform.write("zz.json", "[1]");
        await().atMost(SOON).untilAsserted(() -> assertThat(platform.log())
                .contains("the files cannot be read")
                .contains("zz.json"));
        platform.write("zz.json", null);
        platform.awaitRunning();
    }

    @Test
    void isNotReadyWhilePostgresCannotBeReachedAlthoughTheTaskRuns() throws Exception {
        platform.stopRegistrar();
        platform.writeSecret("port", "1");
        platform.startRegistrar();
        try {
            await().atMost(SOON).untilAsserted(() -> assertThat(platform.log())
                    .containsPattern("RUNNING RUNNING, but: .*[Cc]onnect"));
            assertThat(platform.isRunning()).isFalse();
        } finally {
            platform.writeSecret("port", Integer.toString(TestPostgres.shared().port()));
        }
        platform.awaitRunning();
    }

    @Test
    void everythingComesBackWhenTheBrokerHasLostItsVolume() throws Exception {
        platform.loseTheBrokersVolume();
        await("the worker's liveness probe fails")
                .atMost(SOON)
                .until(() -> platform.rest(
                                        "GET",
                                        probes(ManifestPlatform.container("kafka-connect", "connect"))
                                                .get(2)
                                                .getHttpGet()
                                                .getPath(),
                                        null)
                                .statusCode()
                        >= 500);
        platform.connect().kill();
        platform.database().execute("UPDATE inventory.customers SET balance = balance + 1 WHERE id = 1003");
        platform.connect().start();

        await().atMost(SOON).until(PlatformIT::connectorRuns);
        platform.awaitRunning();
        awaitEqual();
    }

    @Test
    void staysAwayOnceItIsRemoved() throws Exception {
        platform.removeConnector();
        try {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(platform.log()).contains("inventory: removed; it stays so"));
            assertThat(platform.connect().status("inventory")).isEmpty();
            assertThat(platform.isRunning()).isFalse();
            await().atMost(SOON).until(() -> platform.slotIsActive().equals(List.of("f")));
        } finally {
            platform.stopRegistrar();
            platform.startRegistrar();
        }
        platform.awaitRunning();
        awaitEqual();
    }

    private static boolean connectorRuns() {
        return platform.connect()
                .status("inventory")
                .filter(ConnectorStatus::isRunning)
                .isPresent();
    }

    private static void awaitEqual() {
        await().atMost(SOON).untilAsserted(() -> {
            var table = platform.database().query("SELECT to_jsonb(t)::text FROM inventory.customers t").stream()
                    .map(PlatformIT::parsed)
                    .collect(Collectors.toSet());
            var dump = consumer.get("/api/tables/inventory.customers/dump");
            assertThat(dump.statusCode()).as(dump.body()).isEqualTo(200);
            assertThat(dump.body().lines().map(line -> parsed(line).get("row")).collect(Collectors.toSet()))
                    .isEqualTo(table);
        });
    }

    private static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Asks Connect; the answer must be good. */
    private static String good(String method, String path, String body) throws IOException, InterruptedException {
        var answer = platform.rest(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return answer.body();
    }
}
