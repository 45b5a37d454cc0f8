package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import localcdc.common.cli.JarProcess;
import localcdc.common.cli.MainCall;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker that asks who we are and what we may do: what is told when it refuses, and that no password is ever shown. */
@Timeout(180)
class SecurityIT {

    private static final String PASSWORD = "hush-hush-7";
    private static final Duration BOUND = Duration.ofSeconds(30);

    @TempDir
    private static Path certificates;

    private static SecureBroker broker;

    @TempDir
    private Path folder;

    private HandMadeTopic topic;
    private String prefix;

    @BeforeAll
    static void start() throws Exception {
        broker = new SecureBroker(certificates);
        broker.user("reader", PASSWORD);
        broker.user("nobody", PASSWORD);
        broker.user("looker", PASSWORD);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void open() throws Exception {
        prefix = "s" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
        topic = new HandMadeTopic(broker.kafka(), prefix, 2, Map.of("cleanup.policy", "compact"));
        topic.put(1, "packed").put(2, "sent").message("heartbeat").flush();
        broker.allow("reader", AclOperation.READ, ResourceType.TOPIC, prefix);
        broker.allow("looker", AclOperation.DESCRIBE, ResourceType.TOPIC, prefix);
    }

    @AfterEach
    void close() {
        topic.close();
    }

    private KafkaSettings reading(String servers, Map<String, String> properties) {
        var plain = KafkaSettings.of(servers, topic.name());
        return new KafkaSettings(
                plain.topics(),
                null,
                servers,
                properties,
                null,
                plain.groupProtocol(),
                null,
                null,
                plain.onBadRecord(),
                plain.tablesLeftOut(),
                plain.columnsLeftOut(),
                plain.waitForTopics());
    }

    /** Calls the program with the properties in a file; no password may be in what it prints. */
    private MainCall call(String servers, Map<String, String> properties, String... more) throws IOException {
        var file = Files.writeString(
                Files.createTempFile(folder, "client", ".properties"),
                properties.entrySet().stream()
                        .map(one -> one.getKey() + "=" + one.getValue() + "\n")
                        .collect(Collectors.joining()));
        var arguments = new ArrayList<>(List.of(more));
        arguments.addAll(
                List.of("--topic=" + topic.name(), "--bootstrap-servers=" + servers, "--kafka-config=" + file));
        var call = MainCall.of(Main::run, arguments.toArray(String[]::new));
        assertThat(call.out() + call.err()).doesNotContain(PASSWORD, "wrong-hush", SecureBroker.KEYSTORE_PASSWORD);
        return call;
    }

    /** Runs until the map is full; no library adds a line to what we say. */
    private MainCall run(String servers, Map<String, String> properties, String... more) throws IOException {
        var arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of("--no-http", "--until-caught-up"));
        var call = call(servers, properties, arguments.toArray(String[]::new));
        assertThat(call.err()).doesNotContain(" WARN ", " ERROR ");
        return call;
    }

    @Test
    void readsWithTheRightPassword() throws Exception {
        var call = run(broker.sasl(), SecureBroker.as("reader", PASSWORD)).endsWith(0);

        assertThat(call.out()).contains("shop.parcels");
        call(broker.sasl(), SecureBroker.as("reader", PASSWORD), "--print-config")
                .endsWith(0);
        assertThat(call(broker.sasl(), SecureBroker.as("reader", PASSWORD), "doctor")
                        .endsWith(0)
                        .out())
                .contains("Kafka answers at " + broker.sasl() + " (SASL_PLAINTEXT).")
                .contains("sample record: " + topic.name() + ": table shop.parcels");
    }

    @Test
    void readsWithTheRightCertificate() throws Exception {
        run(broker.tls(), broker.trusting("broker")).endsWith(0);
        assertThat(call(broker.tls(), broker.trusting("broker"), "doctor")
                        .endsWith(0)
                        .out())
                .contains("Kafka answers at " + broker.tls() + " (SSL).");
    }

    @Test
    void saysThatThePasswordIsWrong() throws Exception {
        var wrong = SecureBroker.as("reader", "wrong-hush");
        assertThat(run(broker.sasl(), wrong).endsWith(3).err())
                .contains("Kafka at " + broker.sasl() + " did not accept who we are: ")
                .contains(
                        "Check security.protocol, sasl.mechanism and sasl.jaas.config in the file of --kafka-config.");
        assertThat(call(broker.sasl(), wrong, "doctor").endsWith(3).out())
                .contains("FAIL  bootstrap: Kafka at " + broker.sasl() + " did not accept who we are: ");
        call(broker.sasl(), wrong, "--print-config").endsWith(0);
        assertThat(call(broker.sasl(), wrong, "--no-http", "--log-level=trace").exitCode())
                .as("nor does a detailed log show the password")
                .isEqualTo(3);
    }

    @Test
    void saysThatTheUserMayNotReadTheTopic() throws Exception {
        var looker = SecureBroker.as("looker", PASSWORD);
        assertThat(run(broker.sasl(), looker).endsWith(3).err())
                .contains("Kafka at " + broker.sasl() + " does not let us read " + topic.name() + ".")
                .contains("Grant READ and DESCRIBE on these topics to this user.");
        assertThat(call(broker.sasl(), looker, "doctor").endsWith(3).out())
                .contains("FAIL  read: Kafka at " + broker.sasl() + " does not let us read " + topic.name());

        assertThat(run(broker.sasl(), SecureBroker.as("nobody", PASSWORD))
                        .endsWith(3)
                        .err())
                .contains("There is no topic " + topic.name() + " at " + broker.sasl())
                .contains("A topic that this user may not DESCRIBE does not show, either.");
    }

    @Test
    void saysThatTheUserMayNotJoinTheGroup() throws Exception {
        for (var protocol : List.of("consumer", "classic")) {
            var call = run(
                            broker.sasl(),
                            SecureBroker.as("reader", PASSWORD),
                            "--group=" + prefix,
                            "--group-protocol=" + protocol)
                    .endsWith(3);

            assertThat(call.err())
                    .contains("Kafka at " + broker.sasl() + " does not let us join group " + prefix + ".")
                    .contains("Grant READ on the group to this user, or run without --group.");
        }
    }

    @Test
    void everyOtherRefusalIsOneSentenceWithARemedyInTime() {
        var saslWithoutPassword = Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "SCRAM-SHA-512");
        var saslOfAnotherKind = new LinkedHashMap<>(SecureBroker.as("reader", PASSWORD));
        saslOfAnotherKind.put("sasl.mechanism", "SCRAM-SHA-256");
        var saslWithTls = new LinkedHashMap<>(SecureBroker.as("reader", PASSWORD));
        saslWithTls.put("security.protocol", "SASL_SSL");
        var wrongStore = new LinkedHashMap<>(broker.trusting("broker"));
        wrongStore.put("ssl.truststore.password", "wrong-hush");
        var plain = broker.kafka().bootstrapServers();
        var spoken = "when it is spoken to with security.protocol=";
        var refusals = List.of(
                refusal(broker.sasl(), Map.of(), spoken + "PLAINTEXT", "Set security.protocol"),
                refusal(broker.tls(), Map.of(), "expects TLS " + spoken + "PLAINTEXT", "Set security.protocol"),
                refusal(plain, broker.trusting("broker"), spoken + "SSL", "Set security.protocol"),
                refusal(
                        plain,
                        SecureBroker.as("reader", PASSWORD),
                        "did not accept who we are",
                        "Check security.protocol"),
                refusal(broker.sasl(), broker.trusting("broker"), spoken + "SSL", "Set security.protocol"),
                refusal(broker.sasl(), saslWithTls, spoken + "SASL_SSL", "Set security.protocol"),
                refusal(
                        broker.tls(),
                        SecureBroker.as("reader", PASSWORD),
                        "expects TLS " + spoken + "SASL_PLAINTEXT",
                        "Set security.protocol"),
                refusal(
                        broker.tls(),
                        Map.of("security.protocol", "SSL"),
                        "The TLS handshake with Kafka at " + broker.tls() + " failed: ",
                        "ssl.truststore"),
                refusal(
                        broker.tls(),
                        broker.trusting("other"),
                        "The TLS handshake with Kafka at " + broker.tls() + " failed: ",
                        "ssl.truststore"),
                refusal(broker.tls(), wrongStore, "keystore password was incorrect", "--kafka-config"),
                refusal(
                        broker.sasl(),
                        saslWithoutPassword,
                        "The Kafka client's settings are wrong: ",
                        "--kafka-config"),
                refusal(broker.sasl(), saslOfAnotherKind, "did not accept who we are", "Check security.protocol"));

        refusals.forEach(CompletableFuture::join);
    }

    @Test
    void takesNoAlertOfTlsForARecordsLength() throws Exception {
        var arguments = List.of("--topic=" + topic.name(), "--bootstrap-servers=" + broker.tls(), "--http-port=0");
        try (var jar = JarProcess.start("runner-kafka", "128m", folder, Map.of(), arguments)) {
            assertThat(jar.awaitExit()).as(jar.err()).isEqualTo(3);
            assertThat(jar.err())
                    .contains("when it is spoken to with security.protocol=PLAINTEXT", "Set security.protocol")
                    .doesNotContain("\tat ", "OutOfMemoryError");
        }
    }

    /** Starts beside the others. */
    private CompletableFuture<Void> refusal(
            String servers, Map<String, String> properties, String problem, String remedy) {
        return CompletableFuture.runAsync(
                () -> {
                    long begin = System.nanoTime();
                    try (var runner = new KafkaRunner(reading(servers, properties))) {
                        var refused = catchThrowableOfType(SourceException.class, runner::start);
                        var took = Duration.ofNanos(System.nanoTime() - begin);
                        System.err.println(
                                took + " " + properties.get("security.protocol") + ": " + refused.sentences());
                        assertThat(refused.getMessage())
                                .contains(problem)
                                .endsWith(".")
                                .doesNotContain(PASSWORD, "wrong-hush", SecureBroker.KEYSTORE_PASSWORD, "Exception");
                        assertThat(refused.remedy()).contains(remedy);
                        assertThat(took).isLessThan(BOUND);
                    }
                },
                task -> new Thread(task, "refusal").start());
    }

    @Test
    void waitsWhileARightIsTakenAwayAndGoesOnWhenItIsBack() throws Exception {
        broker.allow("reader", AclOperation.DESCRIBE, ResourceType.TOPIC, prefix);
        var settings = reading(broker.sasl(), SecureBroker.as("reader", PASSWORD));
        broker.allow("reader", AclOperation.READ, ResourceType.GROUP, prefix);
        try (var alone = KafkaPath.start(settings);
                var member = KafkaPath.start(settings.inGroup(prefix))) {
            var paths = List.of(alone, member);

            broker.forbid("reader", AclOperation.READ, ResourceType.TOPIC, prefix);
            topic.put(1, "while forbidden").delete(2).flush();
            for (var path : paths) {
                // Of the topic, or of the control topic beside it: whichever is refused last.
                awaitReason(path, "does not let us read " + prefix);
                assertThat(path.pipeline().isReady()).isFalse();
            }

            broker.allow("reader", AclOperation.READ, ResourceType.TOPIC, prefix);
            for (var path : paths) {
                path.awaitReady();
                assertThat(path.rows(HandMadeTopic.TABLE)).isEqualTo(topic.expected());
            }
        }
    }

    @Test
    void waitsWhileTheGroupIsForbidden() throws Exception {
        broker.allow("reader", AclOperation.READ, ResourceType.GROUP, prefix);
        var settings = reading(broker.sasl(), SecureBroker.as("reader", PASSWORD));
        try (var member = KafkaPath.start(settings.inGroup(prefix))) {
            broker.forbid("reader", AclOperation.READ, ResourceType.GROUP, prefix);
            topic.put(3, "while forbidden").flush();
            awaitReason(member, "does not let us join group " + prefix);

            broker.allow("reader", AclOperation.READ, ResourceType.GROUP, prefix);
            member.awaitReady().awaitRows(HandMadeTopic.TABLE, topic.expected());
        }
    }

    @Test
    void showsNothingAsGoneForGoodThatThisUserMayNotSeeForAWhile() throws Exception {
        var settings = reading(broker.sasl(), SecureBroker.as("reader", PASSWORD));
        try (var path = KafkaPath.start(settings)) {
            // READ is all he has, and DESCRIBE comes with it: it is told as what is seen first, refused or gone.
            broker.forbid("reader", AclOperation.READ, ResourceType.TOPIC, prefix);
            awaitReason(path, topic.name());

            broker.allow("reader", AclOperation.READ, ResourceType.TOPIC, prefix);
            topic.put(4, "back").flush();
            path.awaitReady().awaitRows(HandMadeTopic.TABLE, topic.expected());
        }
    }

    @Test
    void waitsWhileThePasswordIsAnotherOne() throws Exception {
        broker.user("changing", PASSWORD);
        broker.allow("changing", AclOperation.READ, ResourceType.TOPIC, prefix);
        broker.allow("changing", AclOperation.READ, ResourceType.GROUP, prefix);
        var settings = reading(broker.sasl(), SecureBroker.as("changing", PASSWORD));
        try (var alone = KafkaPath.start(settings);
                var member = KafkaPath.start(settings.inGroup(prefix))) {
            var paths = List.of(alone, member);

            broker.user("changing", "another-hush");
            for (var path : paths) {
                awaitReason(path, "did not accept who we are");
                assertThat(path.pipeline().stateReason()).doesNotContain("hush");
            }
            topic.put(5, "while locked out").flush();

            broker.user("changing", PASSWORD);
            for (var path : paths) {
                path.awaitRows(HandMadeTopic.TABLE, topic.expected());
                path.awaitReady();
            }
        }
    }

    private static void awaitReason(KafkaPath path, String reason) {
        await().atMost(KafkaPath.PATIENCE).untilAsserted(() -> {
            assertThat(path.state()).isEqualTo(SourceState.RECOVERING);
            assertThat(path.pipeline().stateReason()).contains(reason);
        });
    }
}
