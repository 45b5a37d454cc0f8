package localcdc.common.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import localcdc.stack.TestPostgres;

/** A runner's runnable jar as a process of its own, as a user starts it. Close kills it. */
public final class JarProcess implements AutoCloseable {

    /** How long anything may take that is waited for. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Pattern LISTENS = Pattern.compile("status server listens at (http://[0-9.:]+)");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Process process;
    private final Path out;
    private final Path err;

    private JarProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /**
     * Starts it in Tokyo. Of what a runner takes from the environment only this is there.
     *
     * @param program the jar's name, of the module under test
     * @param heap such as {@code 128m}
     * @param folder for what it prints
     */
    public static JarProcess start(
            String program, String heap, Path folder, Map<String, String> environment, List<String> arguments)
            throws IOException {
        var jar = Path.of(System.getProperty("project.build.directory", "target"), program + ".jar");
        if (!Files.exists(jar)) {
            TestPostgres.skip("there is no " + jar.getFileName() + "; './mvnw verify' makes it first");
        }
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // It lives for seconds: compiling well would take longer than what it does.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx" + heap));
        command.addAll(List.of("-Duser.timezone=Asia/Tokyo", "-jar", jar.toString()));
        command.addAll(arguments);
        return run(command, folder, environment);
    }

    /** The same for a command line of the caller's own. */
    public static JarProcess run(List<String> command, Path folder, Map<String, String> environment)
            throws IOException {
        var out = Files.createTempFile(folder, "stdout", ".txt");
        var err = Files.createTempFile(folder, "stderr", ".txt");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("PG") || name.startsWith("KAFKA") || name.endsWith("JAVA_OPTIONS"));
        builder.environment().putAll(environment);
        return new JarProcess(builder.start(), out, err);
    }

    /** What it has printed to stdout so far. */
    public String out() {
        return read(out);
    }

    /** What it has printed to stderr so far. */
    public String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until everything committed before the start is applied. */
    public JarProcess awaitReady() {
        await().atMost(PATIENCE).until(() -> {
            assertAlive();
            return LISTENS.matcher(err()).find() && get("/readyz").statusCode() == 200;
        });
        return this;
    }

    /** Where its status server listens, once it has said so: {@code http://127.0.0.1:PORT}. */
    public String url() throws IOException {
        var listens = LISTENS.matcher(err());
        if (!listens.find()) {
            throw new IOException("the status server's address is not printed yet:\n" + err());
        }
        return listens.group(1);
    }

    private void assertAlive() {
        if (!process.isAlive()) {
            throw new AssertionError("the process ended with " + process.exitValue() + ":\n" + err());
        }
    }

    /** Asks its status server. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        assertAlive();
        var request = HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** SIGTERM. */
    public JarProcess terminate() {
        process.destroy();
        return this;
    }

    /** SIGKILL. */
    public JarProcess kill() {
        process.destroyForcibly();
        return this;
    }

    /** Waits for its end and returns the exit code. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the process does not end:\n" + err());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly()
                .onExit()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
