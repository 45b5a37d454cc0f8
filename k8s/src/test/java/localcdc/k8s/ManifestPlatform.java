package localcdc.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.openapi.models.V1Container;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import localcdc.common.cli.JarProcess;
import localcdc.stack.LocalConnect;
import localcdc.stack.LocalKafka;
import localcdc.stack.SampleDatabase;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;

/**
 * The containers of the manifests as processes of this machine: broker and worker with the settings that the images would make
 * of their environment, the registrar's own script, the consumer by the image's command line. Only addresses, folders and the
 * slot are other ones. Close takes everything away again. For one thread.
 */
final class ManifestPlatform implements AutoCloseable {
    /** How long anything may take that is waited for. */
    static final Duration SOON = Duration.ofSeconds(90);

    static final Manifests MANIFESTS = Manifests.files("kind");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path REGISTRAR = Manifests.FOLDER.resolve("base").resolve("register-connector.sh");

    private final Path folder;
    private final Path secrets;
    private final Path files;
    private final Path state;
    private final String slot = "localcdc_k8s_" + ProcessHandle.current().pid();
    private final TestDatabase database;
    private final LocalKafka kafka;
    private final LocalConnect connect;
    private Process registrar;

    /** Starts everything but registrar and consumer; skips the test where something is missing. */
    ManifestPlatform(Path folder) throws IOException, SQLException {
        this.folder = folder;
        requireWhatIsNeeded();
        secrets = Files.createDirectory(folder.resolve("pg"));
        files = Files.createDirectory(folder.resolve("connector"));
        state = Files.createDirectory(folder.resolve("state"));
        database = TestPostgres.shared().createDatabase();
        try (var connection = database.connect()) {
            SampleDatabase.applyTo(connection);
        }
        writeSecret();
        var shipped = Files.readString(Manifests.FOLDER.resolve("base").resolve("connector.json"));
        write("connector.json", shipped.replace("/etc/pg", secrets.toString()));
        writePlace(1);
        kafka = LocalKafka.builder()
                .dataDirectory(folder.resolve("data"))
                .settings(ImageEnvironment.kafkaSettings(environment("kafka-broker", "kafka")))
                .build()
                .start();
        var settings = ImageEnvironment.connectSettings(environment("kafka-connect", "connect"));
        settings.replaceAll((name, value) -> value.replace("/etc/pg", secrets.toString()));
        connect = LocalConnect.builder(kafka.bootstrapServers())
                .settings(settings)
                .plugin(ManifestPlatform::copyPlugin)
                .build()
                .start();
    }

    private static void requireWhatIsNeeded() {
        if (Stream.of("/usr/bin/curl", "/bin/curl").map(Path::of).noneMatch(Files::isExecutable)) {
            TestPostgres.skip("the registrar's script needs curl, which is not here");
        }
        for (var made : List.of(plugin(), image().resolve("lib"), image().resolve("modules"))) {
            if (!Files.exists(made)) {
                TestPostgres.skip("there is no " + made + "; './mvnw verify' makes it first");
            }
        }
    }

    private static Path plugin() {
        return Manifests.FOLDER.resolve("../connect-plugin/target/connect-plugin.jar");
    }

    private static Path image() {
        return Manifests.FOLDER.resolve("../runner-kafka/target/image");
    }

    /** The init container's work. */
    private static Path copyPlugin(Path connector) throws IOException {
        return Files.copy(plugin(), connector.resolve(plugin().getFileName()));
    }

    private void writeSecret() {
        var server = TestPostgres.shared();
        Map.of(
                        "username", server.user(),
                        "password", server.password(),
                        "database", database.name(),
                        "port", Integer.toString(server.port()))
                .forEach((name, value) -> write(secrets.resolve(name), value));
    }

    /** Changes one of the Secret's values. */
    void writeSecret(String key, String value) {
        write(secrets.resolve(key), value);
    }

    /** Begins to keep the connector. */
    void startRegistrar() throws IOException {
        registrar = registrar("registrar.log").start();
    }

    /** SIGTERM, at which it must end. */
    void stopRegistrar() throws InterruptedException {
        registrar.destroy();
        assertThat(registrar.waitFor(10, TimeUnit.SECONDS))
                .as("it ends at SIGTERM")
                .isTrue();
    }

    /** Waits until the registrar's container is ready. */
    void awaitRunning() {
        await().atMost(SOON).until(this::isRunning);
    }

    boolean isRunning() {
        return Files.exists(state.resolve("running"));
    }

    /** What the registrar has logged. */
    String log() throws IOException {
        return Files.readString(folder.resolve("registrar.log"));
    }

    /** Runs the script as {@code k8s/down} does, to its end. */
    void removeConnector() throws IOException, InterruptedException {
        var remove = registrar("remove.log");
        remove.command().add("remove");
        var removing = remove.start();
        assertThat(removing.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(removing.exitValue())
                .as(Files.readString(folder.resolve("remove.log")))
                .isZero();
    }

    /** The registrar's container, with its command and its environment. */
    private ProcessBuilder registrar(String log) {
        var shipped = container("kafka-connect", "registrar");
        assertThat(shipped.getCommand()).containsExactly("sh", "/etc/registrar/" + REGISTRAR.getFileName());
        var builder = new ProcessBuilder(new ArrayList<>(List.of("sh", REGISTRAR.toString())))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve(log).toFile()));
        var environment = new HashMap<>(Manifests.environment(shipped));
        assertThat(environment.put("CONNECT_URL", connect.url())).isEqualTo("http://localhost:8083");
        assertThat(environment.put("CONNECTOR_FILES", files.toString())).isEqualTo("/etc/connector");
        assertThat(environment.put("STATE_FOLDER", state.toString())).isEqualTo("/state");
        builder.environment().putAll(environment);
        return builder;
    }

    /** The consumer's container: the image's entry point with the Deployment's arguments. The caller closes it. */
    JarProcess startConsumer() throws IOException {
        var command = new ArrayList<String>();
        for (var word : JSON.readTree(entryPoint())) {
            command.add(word.asText()
                    .replace("/opt/localcdc/app/*", image().resolve("modules") + "/*:" + ownJar())
                    .replace("/opt/localcdc/lib/*", image().resolve("lib") + "/*"));
        }
        assertThat(command.get(0)).isEqualTo("java");
        command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        container("cdc-consumer", "runner-kafka").getArgs().stream()
                .map(argument -> argument.replace("kafka:9092", kafka.bootstrapServers())
                        .replace("http://kafka-connect:8083", connect.url())
                        .replace("0.0.0.0", "127.0.0.1")
                        .replace("--http-port=8080", "--http-port=0"))
                .forEach(command::add);
        return JarProcess.run(command, folder, Map.of());
    }

    private static String entryPoint() throws IOException {
        var instruction = "ENTRYPOINT";
        return Files.readString(Manifests.FOLDER.resolve("../runner-kafka/Dockerfile"))
                .replace("\\\n", "")
                .lines()
                .filter(line -> line.startsWith(instruction))
                .map(line -> line.substring(instruction.length()))
                .findFirst()
                .orElseThrow();
    }

    private static Path ownJar() {
        return Manifests.FOLDER.resolve(
                "../runner-kafka/target/runner-kafka-" + System.getProperty("project.version") + ".jar");
    }

    /** What depends on the place comes after {@code connector.json} in the alphabet, and wins. */
    void writePlace(int partitions) {
        var host = TestPostgres.shared().host();
        write("place.json", """
                {"database.hostname": "%1$s", "canonical.database.hostname": "%1$s",
                 "slot.name": "%2$s", "topic.creation.default.partitions": %3$d}
                """.formatted(host, slot, partitions));
    }

    /** One of the connector's files; null removes it. */
    void write(String name, String text) {
        write(files.resolve(name), text);
    }

    /** Also for a reader that looks at the folder just now. */
    private void write(Path file, String text) {
        try {
            if (text == null) {
                Files.delete(file);
            } else {
                var fresh = Files.writeString(folder.resolve(file.getFileName() + ".part"), text);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A broker's pod that has lost its volume. */
    void loseTheBrokersVolume() throws IOException {
        kafka.kill();
        try (Stream<Path> paths = Files.walk(folder.resolve("data"))) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        kafka.start();
    }

    TestDatabase database() {
        return database;
    }

    LocalKafka kafka() {
        return kafka;
    }

    LocalConnect connect() {
        return connect;
    }

    /** How a configuration names the secret. */
    String placeholder(String key) {
        return "${directory:" + secrets + ":" + key + "}";
    }

    /** Whether somebody reads the slot: {@code t}, {@code f}, or nothing when there is none. */
    List<String> slotIsActive() {
        return database.query("SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot + "'");
    }

    static V1Container container(String workload, String name) {
        return MANIFESTS.workload(workload).containers().stream()
                .filter(container -> container.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static Map<String, String> environment(String workload, String container) {
        return Manifests.environment(container(workload, container));
    }

    /** Asks Connect. */
    HttpResponse<String> rest(String method, String path, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(connect.url() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        if (registrar != null) {
            registrar.destroyForcibly();
        }
        connect.close();
        kafka.close();
        database.close();
    }
}
