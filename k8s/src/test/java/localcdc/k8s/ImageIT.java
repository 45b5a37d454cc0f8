package localcdc.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import localcdc.stack.LocalKafka;
import localcdc.stack.TestPostgres;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The images, where there is a Docker engine that can build them. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ImageIT {
    private static final int RECORDS = 20_000;
    private static final String TOPIC = "cdc.inventory.customers";

    @TempDir
    private static Path folder;

    /**
     * What a program printed.
     *
     * @param printed stdout and stderr
     */
    private record Result(int exitCode, String printed) {}

    @BeforeAll
    static void requireDocker() throws Exception {
        Result engine;
        try {
            engine = run(List.of("docker", "info", "--format", "{{.OSType}}"));
        } catch (IOException missing) {
            TestPostgres.skip("the images are not built: there is no docker");
            return;
        }
        if (engine.exitCode() != 0) {
            TestPostgres.skip("the images are not built: no Docker engine answers");
        }
        for (var runner : List.of("runner-kafka", "runner-embedded")) {
            var built = docker("build", "-q", "-t", tag(runner), "-f", "../" + runner + "/Dockerfile", "..");
            assertThat(built.exitCode()).as(built.printed()).isZero();
        }
    }

    private static String tag(String runner) {
        return "localcdc/" + runner + ":test";
    }

    @ParameterizedTest
    @ValueSource(strings = {"runner-kafka", "runner-embedded"})
    void runsAsNobodyUnderAReadOnlyRoot(String runner) throws Exception {
        var version =
                docker("run", "--rm", "--read-only", "--tmpfs", "/tmp", "--memory", "256m", tag(runner), "--version");

        assertThat(version.exitCode()).as(version.printed()).isZero();
        assertThat(version.printed())
                .contains(runner + " " + System.getProperty("project.version"))
                .doesNotContain("WARNING");
        var user = docker("image", "inspect", "--format", "{{.Config.User}}", tag(runner));
        assertThat(user.printed().strip()).isEqualTo("10001:10001");
    }

    @Test
    void theConsumerHoldsATableWith256MebibytesOfMemory() throws Exception {
        try (var kafka = LocalKafka.builder().build().start()) {
            fill(kafka.bootstrapServers());
            var consumer = docker(
                    "run",
                    "--rm",
                    "--read-only",
                    "--tmpfs",
                    "/tmp",
                    "--memory",
                    "256m",
                    "--network",
                    "host",
                    tag("runner-kafka"),
                    "--topic=" + TOPIC,
                    "--bootstrap-servers=" + kafka.bootstrapServers(),
                    "--log-events=none",
                    "--until-caught-up",
                    "--output=json");

            assertThat(consumer.exitCode()).as(consumer.printed()).isZero();
            assertThat(consumer.printed()).contains("\"size\":" + RECORDS);
        }
    }

    private static void fill(String bootstrapServers) throws Exception {
        var client = Map.<String, Object>of("bootstrap.servers", bootstrapServers, "linger.ms", 20);
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
                var producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
            var sent = new ArrayList<Future<RecordMetadata>>();
            for (int id = 0; id < RECORDS; id++) {
                sent.add(producer.send(new ProducerRecord<>(
                        TOPIC,
                        "{\"id\":" + id + "}",
                        "{\"before\":null,\"after\":{\"id\":" + id + ",\"name\":\"" + "x".repeat(200)
                                + "\"},\"op\":\"c\",\"source\":{\"schema\":\"inventory\",\"table\":\"customers\",\"lsn\":"
                                + (id + 1) + "}}")));
            }
            for (var one : sent) {
                one.get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static Result docker(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static Result run(List<String> command) throws IOException, InterruptedException {
        var printed = Files.createTempFile(folder, "printed", ".txt");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", command) + " does not end");
        }
        return new Result(process.exitValue(), Files.readString(printed));
    }
}
