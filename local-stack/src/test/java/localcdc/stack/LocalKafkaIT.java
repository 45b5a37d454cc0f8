package localcdc.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalKafkaIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static LocalKafka kafka;

    @BeforeAll
    static void start() {
        kafka = LocalKafka.builder().build().start();
    }

    @AfterAll
    static void close() {
        kafka.close();
    }

    @Test
    void itsClassesAreKeptForTheNextStart() throws Exception {
        KafkaPrograms programs = KafkaPrograms.unpack(WorkFolder.ofThisUser());
        try (LocalKafka first = LocalKafka.builder().build().start()) {
            assertThat(first.isAlive()).isTrue();
        }
        assertThat(programs.classArchive("kafka.Kafka").file()).isNotEmptyFile();

        try (LocalKafka second = LocalKafka.builder().build().start()) {
            assertThat(ProcessHandle.of(second.pid()).orElseThrow().info().arguments())
                    .hasValueSatisfying(arguments ->
                            assertThat(arguments).anyMatch(option -> option.startsWith("-XX:SharedArchiveFile=")));
        }
    }

    @Test
    void keepsPortAndDataWhenItIsKilledAndStartedAgain() throws Exception {
        // Given
        createTopic("kept");
        produce("kept", "1", "one");
        int port = kafka.port();
        long pid = kafka.pid();

        // When
        kafka.kill();
        assertThat(kafka.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(128 + 9);
        assertThat(kafka.isAlive()).isFalse();
        kafka.start();

        // Then
        assertThat(kafka.port()).isEqualTo(port);
        assertThat(kafka.pid()).isNotEqualTo(pid);
        produce("kept", "2", "two");
        assertThat(TopicReader.values(kafka.bootstrapServers(), "kept")).containsExactly("one", "two");
    }

    @Test
    void keepsWhatItAcknowledgedOverAStop() throws Exception {
        createTopic("stopped");
        produce("stopped", "1", "one");

        kafka.restart();

        assertThat(TopicReader.values(kafka.bootstrapServers(), "stopped")).containsExactly("one");
    }

    @Test
    void takesRowsOfManyMegabytes() throws Exception {
        createTopic("large");

        produce("large", "1", "x".repeat(17 << 20));

        assertThat(TopicReader.values(kafka.bootstrapServers(), "large"))
                .singleElement()
                .satisfies(value -> assertThat(value).hasSize(17 << 20));
    }

    @Test
    void namesTheMainClassOnItsCommandLine() {
        assertThat(ProcessHandle.of(kafka.pid())
                        .flatMap(process -> process.info().commandLine()))
                .hasValueSatisfying(line -> assertThat(line).contains(" kafka.Kafka "));
    }

    @Test
    void saysThatThePortIsTaken() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
                LocalKafka second =
                        LocalKafka.builder().port(other.getLocalPort()).build()) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("Another program listens there")
                    .hasMessageContaining(Integer.toString(other.getLocalPort()));
        }
    }

    @Test
    void showsTheEndOfTheLogWhenItCannotStart(@TempDir Path folder) {
        try (LocalKafka broken = LocalKafka.builder()
                .dataDirectory(folder.resolve("data"))
                .settings(Map.of("num.io.threads", "none"))
                .build()) {
            assertThatThrownBy(broken::start).isInstanceOf(StackException.class).hasMessageContaining("num.io.threads");
        }
    }

    @Test
    void endsWithAKilledJvmAndTheNextStartRemovesItsFolder() throws Exception {
        try (ChildJvm parent = ChildJvm.start(KafkaMain.class)) {
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
            WorkFolder.ofThisUser().newServerFolder().close();
            assertThat(folder).doesNotExist();
        }
    }

    @Test
    void leavesNothingWhenClosed() {
        // Given
        LocalKafka second = LocalKafka.builder().build().start();
        Path folder = second.logFile().getParent();
        ProcessHandle server = ProcessHandle.of(second.pid()).orElseThrow();

        // When
        second.close();
        second.close();

        // Then
        assertThat(folder).doesNotExist();
        assertThat(server.isAlive()).isFalse();
        assertThat(FreePort.isFree(second.port())).isTrue();
    }

    private static void createTopic(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.empty(), Optional.empty())))
                    .all()
                    .get(SOON.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static void produce(String topic, String key, String value) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "max.request.size",
                LocalKafkaBuilder.LARGEST_BATCH_BYTES);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value)).get(SOON.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
