package localcdc.embedded;

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
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import localcdc.stack.TestPostgres;

/** The runnable jar as a process of its own, as a user starts it. Close kills it. */
final class JarProcess implements AutoCloseable {

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

    /** Starts it in Tokyo. The password is in the environment and nothing else of ours is. */
    static JarProcess start(Path folder, String password, List<String> arguments) throws IOException {
        var jar = Path.of(System.getProperty("project.build.directory", "target"), "runner-embedded.jar");
        if (!Files.exists(jar)) {
            TestPostgres.skip("there is no " + jar.getFileName() + "; './mvnw verify' makes it first");
        }
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Duser.timezone=Asia/Tokyo", "-Xmx256m", "-jar", jar.toString()));
        command.addAll(arguments);
        var out = Files.createTempFile(folder, "stdout", ".txt");
        var err = Files.createTempFile(folder, "stderr", ".txt");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.endsWith("JAVA_OPTIONS"));
        builder.environment().put("PGPASSWORD", password);
        return new JarProcess(builder.start(), out, err);
    }

    String out() {
        return read(out);
    }

    String err() {
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
    JarProcess awaitReady() {
        await().atMost(RunningPath.PATIENCE).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("the process ended with " + process.exitValue() + ":\n" + err());
            }
            return LISTENS.matcher(err()).find() && get("/readyz").statusCode() == 200;
        });
        return this;
    }

    /** Asks its status server. */
    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        var listens = LISTENS.matcher(err());
        if (!listens.find()) {
            throw new IOException("the status server's address is not printed yet:\n" + err());
        }
        var request = HttpRequest.newBuilder(URI.create(listens.group(1) + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** SIGTERM. */
    JarProcess terminate() {
        process.destroy();
        return this;
    }

    /** SIGKILL. */
    JarProcess kill() {
        process.destroyForcibly();
        return this;
    }

    /** Waits for its end and returns the exit code. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(RunningPath.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the process does not end:\n" + err());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly()
                .onExit()
                .orTimeout(RunningPath.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
