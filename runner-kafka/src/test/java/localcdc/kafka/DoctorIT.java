package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import localcdc.common.cli.MainCall;
import localcdc.connect.ConnectPlugin;
import localcdc.stack.TestKafka;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code doctor} says of topics, healthy and not. */
@Timeout(120)
class DoctorIT {

    private static final Map<String, String> COMPACT =
            Map.of("cleanup.policy", "compact", "max.message.bytes", "67108864");
    private static final TestKafka KAFKA = TestKafka.shared(ConnectPlugin::writeTo);

    private static String prefix() {
        return "d" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
    }

    private static String prefixOf(HandMadeTopic topic) {
        return topic.name().substring(0, topic.name().indexOf('.'));
    }

    private static MainCall doctor(String... flags) {
        var all = new ArrayList<>(List.of("doctor", "--bootstrap-servers=" + KAFKA.bootstrapServers()));
        all.addAll(List.of(flags));
        return MainCall.of(Main::run, all.toArray(String[]::new));
    }

    private static void send(String topic, String key, String value) throws Exception {
        try (var producer = new KafkaProducer<String, String>(
                Map.of("bootstrap.servers", KAFKA.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value)).get(20, TimeUnit.SECONDS);
        }
    }

    private static String message(long commitMillis) {
        return "{\"localcdc\":1,\"op\":\"m\",\"ts_us\":" + commitMillis * 1000
                + ",\"source\":{\"lsn\":5,\"txId\":1,\"ts_us\":" + commitMillis * 1000
                + "},\"prefix\":\"localcdc\",\"content\":\"heartbeat\"}";
    }

    @Test
    void findsATopicReadyThatIsFedAsItShouldBe() throws Exception {
        try (var topic = new HandMadeTopic(KAFKA, prefix(), 1, COMPACT)) {
            topic.put(1, "packed")
                    .delete(1)
                    .put(2, "packed")
                    .message("heartbeat")
                    .flush();
            var groups = groups();

            var call = doctor("--topic=" + topic.name()).endsWith(0);

            assertThat(call.out().lines())
                    .containsSubsequence(
                            "ok    bootstrap: Kafka answers at " + KAFKA.bootstrapServers() + " (PLAINTEXT).",
                            "ok    advertised listener: It sends clients to " + KAFKA.bootstrapServers()
                                    + ", which can be reached.",
                            "ok    topics: Read: " + topic.name() + ".",
                            "ok    partitions: " + topic.name() + " has 1 partition.",
                            "ok    cleanup.policy: " + topic.name() + " is compacted.",
                            "ok    max.message.bytes: " + topic.name() + " takes records of 67108864 bytes.",
                            "ok    sample record: " + topic.name()
                                    + ": table shop.parcels, 2 columns, key (id int4), in the format of this project.")
                    .endsWith("Ready.");
            assertThat(call.out()).contains("ok    control topic: ", "ok    heartbeat: The last message in ");
            assertThat(call.err()).isEmpty();
            assertThat(groups()).as("it joins no group").isEqualTo(groups);
        }
    }

    private static List<String> groups() throws Exception {
        try (var admin = KAFKA.admin()) {
            return admin.listGroups().all().get(20, TimeUnit.SECONDS).stream()
                    .map(group -> group.groupId())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void findsTheTopicsByItself() {
        try (var topic = new HandMadeTopic(KAFKA, prefix(), 1, COMPACT)) {
            topic.put(1, "packed").flush();

            assertThat(doctor().out())
                    .contains("sample record: " + topic.name() + ": table shop.parcels")
                    .doesNotContain("sample record: " + prefixOf(topic) + ".control");
        }
    }

    @Test
    void namesWhatARebuildWouldLose() throws Exception {
        var settings = Map.of("cleanup.policy", "delete", "retention.ms", "172800000", "max.message.bytes", "1048588");
        try (var topic = new HandMadeTopic(KAFKA, prefix(), 3, settings)) {
            topic.put(1, "a").put(2, "b").message("heartbeat").flush();

            var call = doctor("--topic=" + topic.name()).endsWith(0);

            assertThat(call.out())
                    .contains("ok    partitions: " + topic.name() + " has 3 partitions")
                    .contains("warn  cleanup.policy: " + topic.name()
                            + " has cleanup.policy=delete, but a map that is rebuilt needs 'compact': records go after 2"
                            + " days (retention.ms=172800000)")
                    .contains("--entity-name " + topic.name() + " --add-config cleanup.policy=compact")
                    .contains("warn  max.message.bytes: " + topic.name() + " takes records of at most 1048588 bytes")
                    .endsWith("Ready, with 2 warnings.\n");
        }
    }

    @Test
    void seesThatRecordsAreGone() throws Exception {
        try (var topic = new HandMadeTopic(KAFKA, prefix(), 1, Map.of("cleanup.policy", "delete"))) {
            topic.put(1, "a").put(2, "b").put(3, "c").message("heartbeat").flush();
            try (var admin = KAFKA.admin()) {
                admin.deleteRecords(Map.of(new TopicPartition(topic.name(), 0), RecordsToDelete.beforeOffset(2)))
                        .all()
                        .get(20, TimeUnit.SECONDS);
            }

            assertThat(doctor("--topic=" + topic.name()).endsWith(0).out())
                    .contains("its first 2 records are removed: rows that have not changed since are not in the map");
        }
    }

    @Test
    void saysWhatForeignRecordsHaveLost() throws Exception {
        var prefix = prefix();
        try {
            KAFKA.createTopic(prefix + ".shop.envelope", 2, COMPACT);
            send(
                    prefix + ".shop.envelope",
                    "{\"id\":1}",
                    "{\"before\":null,\"after\":{\"id\":1,\"price\":\"AZA=\"},\"source\":{\"schema\":\"shop\",\"table\":"
                            + "\"envelope\",\"lsn\":1,\"txId\":2,\"ts_ms\":3},\"op\":\"c\",\"ts_ms\":4}");
            KAFKA.createTopic(prefix + ".shop.flat", 1, COMPACT);
            send(prefix + ".shop.flat", "{\"id\":\"x\"}", "{\"id\":\"x\",\"price\":1.5}");

            var out = doctor("--topic-pattern=" + prefix + "\\..*").endsWith(0).out();

            assertThat(out)
                    .contains("warn  sample record: " + prefix
                            + ".shop.envelope: table shop.envelope, 2 columns, key (id numeric)"
                            + ", its types guessed from the values, in Debezium's envelope without schemas.")
                    .contains("in rows flattened by ExtractNewRecordState, without their place in the log.")
                    .contains("numerics", "placeholder", "Without __lsn", "k8s/base/connector.json")
                    .contains("warn  partitions: " + prefix + ".shop.envelope has 2 partitions")
                    .contains("a TRUNCATE in one partition may be read before older rows of another")
                    .contains("warn  control topic: There is no control topic beside " + prefix + ".shop.envelope, "
                            + prefix + ".shop.flat: truncates may be lost, without markers verify cannot decide")
                    .contains("give --topic-prefix");
        } finally {
            KAFKA.deleteTopics(prefix + ".");
        }
    }

    @Test
    void showsWhatCannotBeRead() {
        try (var topic = new HandMadeTopic(KAFKA, prefix(), 1, COMPACT)) {
            topic.put(1, "good")
                    .raw("{\"id\":2}", "{\"broken")
                    .message("heartbeat")
                    .flush();

            assertThat(doctor("--topic=" + topic.name()).endsWith(0).out())
                    .contains("warn  sample record: 1 of the last 2 records of " + topic.name()
                            + " cannot be read, such as " + topic.name() + "-0@1: ")
                    .contains("/api/bad-records");
        }
    }

    @Test
    void wantsAControlTopicOfOnePartitionThatKeepsItsTruncates() throws Exception {
        var prefix = prefix();
        try {
            KAFKA.createTopic(prefix + ".shop.t", 1, COMPACT);
            KAFKA.createTopic(prefix + ".control", 2, Map.of("cleanup.policy", "compact"));
            assertThat(doctor("--topic=" + prefix + ".shop.t").endsWith(0).out())
                    .contains("warn  control topic: " + prefix + ".control has 2 partitions, but it must have 1")
                    .contains("ok    sample record: " + prefix + ".shop.t holds no record: a table without rows.")
                    .contains("warn  heartbeat: The last 0 records of " + prefix + ".control hold no message");

            KAFKA.deleteTopics(prefix + ".control");
            KAFKA.createTopic(prefix + ".control", 1, Map.of("cleanup.policy", "delete"));
            send(prefix + ".control", "{\"message\":\"localcdc\"}", message(System.currentTimeMillis() - 90_000));
            assertThat(doctor("--topic=" + prefix + ".shop.t").endsWith(0).out())
                    .contains("has cleanup.policy=delete, but it must be 'compact'")
                    .containsPattern("warn  heartbeat: The last message in \\S+ was committed 9\\d(\\.\\d)? s ago")
                    .contains("the connector does not read");

            KAFKA.deleteTopics(prefix + ".control");
            KAFKA.createTopic(prefix + ".message", 1, Map.of());
            assertThat(doctor("--topic=" + prefix + ".shop.t").endsWith(0).out())
                    .contains("warn  control topic: There is no " + prefix + ".control, but " + prefix
                            + ".message as Debezium writes it");
        } finally {
            KAFKA.deleteTopics(prefix + ".");
        }
    }

    @Test
    void namesTheTopicsThatThereAre() {
        try (var topic = new HandMadeTopic(KAFKA, prefix(), 1, COMPACT)) {
            var call = doctor("--topic=" + topic.name() + "x", "--topic=" + topic.name())
                    .endsWith(3);

            assertThat(call.out())
                    .contains("FAIL  topics: There is no topic " + topic.name() + "x at " + KAFKA.bootstrapServers())
                    .contains("ok    topics: Read: " + topic.name() + ".")
                    .contains("Not ready: 1 error");
        }
    }

    @Test
    void saysThatNothingListens() throws IOException {
        var call = MainCall.of(Main::run, "doctor", "--bootstrap-servers=127.0.0.1:1", "--output=json")
                .endsWith(3);

        assertThat(call.err()).isEmpty();
        var tree = new ObjectMapper().readTree(call.out());
        assertThat(tree.get("ready").asBoolean()).isFalse();
        var finding = tree.get("findings").get(0);
        assertThat(finding.get("severity").asText()).isEqualTo("error");
        assertThat(finding.get("check").asText()).isEqualTo("bootstrap");
        assertThat(finding.get("found").asText())
                .isEqualTo("No Kafka broker answers at 127.0.0.1:1: nothing listens there.");
        assertThat(finding.get("remedy").asText()).contains("lab up", "--bootstrap-servers");
    }

    @Test
    void oneOfSeveralAddressesIsEnough() {
        try (var topic = new HandMadeTopic(KAFKA, prefix(), 1, COMPACT)) {
            topic.put(1, "a").message("heartbeat").flush();

            var call = MainCall.of(
                            Main::run,
                            "doctor",
                            "--topic=" + topic.name(),
                            "--bootstrap-servers=no-such-host.invalid:9092," + KAFKA.bootstrapServers())
                    .endsWith(0);

            assertThat(call.out())
                    .contains(
                            "warn  bootstrap: No Kafka broker answers at no-such-host.invalid:9092: the name of the host"
                                    + " is not known here.")
                    .contains("Ready, with 1 warning.");
        }
    }

    @Test
    void somethingElseThanKafkaListens() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        try {
            var address = "127.0.0.1:" + server.getAddress().getPort();
            var call = MainCall.of(Main::run, "doctor", "--bootstrap-servers=" + address)
                    .endsWith(3);

            assertThat(call.out())
                    .contains("FAIL  bootstrap: No Kafka broker answers at " + address + ": something listens there")
                    .contains("security.protocol=PLAINTEXT", "listener.security.protocol.map");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void looksAtConnectorAndTask() throws IOException {
        try (var topic = new HandMadeTopic(KAFKA, prefix(), 1, COMPACT)) {
            topic.put(1, "a").message("heartbeat").flush();
            var prefix = prefixOf(topic);

            assertThat(withConnect(topic.name(), prefix, "RUNNING", "")
                            .endsWith(0)
                            .out())
                    .contains("ok    connect: Connector shop is RUNNING, its tasks are [RUNNING].");
            assertThat(withConnect(topic.name(), prefix, "FAILED", "x\\nCaused by: the slot is gone")
                            .endsWith(3)
                            .out())
                    .contains("FAIL  connect: Task 0 of connector shop is FAILED: the slot is gone.")
                    .contains("/connectors/NAME/restart?includeTasks=true&onlyFailed=true");
            assertThat(withConnect(topic.name(), "other", "RUNNING", "")
                            .endsWith(3)
                            .out())
                    .contains("has no connector with topic.prefix " + prefix);
            assertThat(doctor("--topic=" + topic.name(), "--connect-url=http://127.0.0.1:1")
                            .endsWith(3)
                            .out())
                    .contains("FAIL  connect: Kafka Connect at http://127.0.0.1:1 does not answer");
        }
    }

    private static MainCall withConnect(String topic, String prefix, String taskState, String trace)
            throws IOException {
        var body = ("{\"shop\":{\"info\":{\"config\":{\"topic.prefix\":\"" + prefix
                        + "\"}},\"status\":{\"connector\":{\"state\":\"RUNNING\"},\"tasks\":[{\"id\":0,\"state\":\""
                        + taskState
                        + "\",\"trace\":\"" + trace + "\"}]}}}")
                .getBytes(StandardCharsets.UTF_8);
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/connectors", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            return doctor(
                    "--topic=" + topic,
                    "--connect-url=http://127.0.0.1:" + server.getAddress().getPort());
        } finally {
            server.stop(0);
        }
    }
}
