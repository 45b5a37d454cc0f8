package localcdc.k8s;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import localcdc.stack.FreePort;
import localcdc.stack.LocalKafka;

/**
 * A broker with every setting of the manifest, its listeners included; only the ports, the Service's name and the folder are
 * others. Its storage is formatted as the image does it. Close kills it.
 */
final class ManifestBroker implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Map<Integer, Integer> ports = new TreeMap<>();
    private final Path folder;
    private final Process process;

    /**
     * Starts it.
     *
     * @param kafka a running broker, whose libraries it uses
     * @param environment that of the container
     */
    ManifestBroker(Path folder, LocalKafka kafka, Map<String, String> environment)
            throws IOException, InterruptedException {
        this.folder = Files.createDirectories(folder);
        var settings = new LinkedHashMap<>(ImageEnvironment.kafkaSettings(environment));
        settings.put("log.dirs", folder.resolve("data").toString());
        settings.replaceAll(
                (name, value) -> name.contains("listeners") || name.endsWith("voters") ? here(value) : value);
        var lines = settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .toList();
        var file = Files.write(folder.resolve("server.properties"), lines).toString();
        var format = run(
                kafka,
                "kafka.tools.StorageTool",
                "format",
                "--cluster-id=" + environment.get("CLUSTER_ID"),
                "-c",
                file);
        if (!format.waitFor(SOON.toSeconds(), TimeUnit.SECONDS) || format.exitValue() != 0) {
            format.destroyForcibly();
            throw new IllegalStateException("the storage cannot be formatted: " + log());
        }
        process = run(kafka, "kafka.Kafka", file);
    }

    /** The same addresses at ports that are free on this machine. */
    private String here(String addresses) {
        var text = addresses.replaceAll("kafka\\.[a-z.-]+:", "localhost:").replace("://:", "://127.0.0.1:");
        for (int port : List.of(9092, 9093, 9094, 19094)) {
            if (text.contains(":" + port)) {
                // The forwarded port leads to the external one.
                int own = port == 19094 ? 9094 : port;
                text = text.replace(":" + port, ":" + ports.computeIfAbsent(own, any -> FreePort.find()));
            }
        }
        return text;
    }

    private Process run(LocalKafka kafka, String mainClass, String... arguments) throws IOException {
        var shown =
                ProcessHandle.of(kafka.pid()).orElseThrow().info().arguments().orElseThrow();
        var libraries = List.of(shown).get(List.of(shown).indexOf("-cp") + 1);
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                libraries,
                mainClass));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
    }

    /** Waits until the listener of this container port takes connections. */
    String awaitListener(int containerPort) {
        await().atMost(SOON).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("the broker has ended: " + log());
            }
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(containerPort)), 1000);
                return true;
            } catch (IOException notYet) {
                return false;
            }
        });
        return "127.0.0.1:" + ports.get(containerPort);
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    @Override
    public void close() {
        process.destroyForcibly()
                .onExit()
                .orTimeout(SOON.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
