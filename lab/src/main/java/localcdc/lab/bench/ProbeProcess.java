package localcdc.lab.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import localcdc.common.pg.PgSettings;

/** A {@link Probe} as seen by the process that has started it. For one thread; close ends it, whatever it does. */
public final class ProbeProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int TAIL_LINES = 30;

    private final Variant variant;
    private final Process process;
    private final Path log;
    private final BufferedReader answers;
    private final Writer orders;

    private ProbeProcess(Variant variant, Process process, Path log) {
        this.variant = variant;
        this.process = process;
        this.log = log;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.orders = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII);
    }

    /**
     * Starts one.
     *
     * @param jvmOptions for its JVM
     * @param arguments what the variant needs to know
     */
    public static ProbeProcess start(
            PgSettings postgres, List<String> jvmOptions, Variant variant, Map<String, String> arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName(), variant.name()));
        arguments.forEach((name, value) -> command.add(name + "=" + value));
        var log = Files.createTempFile("lab-bench-", ".log");
        var builder = new ProcessBuilder(command).redirectError(log.toFile()).directory(new File("."));
        builder.environment().putAll(environment(postgres));
        return new ProbeProcess(variant, builder.start(), log);
    }

    /** The variables that libpq and the probes understand. */
    static Map<String, String> environment(PgSettings postgres) {
        return Map.of(
                "PGHOST",
                postgres.host(),
                "PGPORT",
                Integer.toString(postgres.port()),
                "PGDATABASE",
                postgres.database(),
                "PGUSER",
                postgres.user(),
                "PGPASSWORD",
                postgres.password());
    }

    /** Its process. */
    public long pid() {
        return process.pid();
    }

    /** Sends an order. */
    public void order(String order) throws IOException {
        orders.write(order + "\n");
        orders.flush();
    }

    /** Waits until it says that this has happened. */
    public Map<String, Double> await(String event) throws IOException, InterruptedException {
        var said = CompletableFuture.supplyAsync(this::nextLine);
        try {
            var line = said.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (line == null) {
                throw new IOException(variant + " ended before it said '" + event + "':\n" + tail());
            }
            var answer = ProbeLine.parse(line);
            if (!answer.event().equals(event)) {
                throw new IOException(variant + " said '" + answer.event() + "' and not '" + event + "':\n" + tail());
            }
            return answer.values();
        } catch (TimeoutException e) {
            throw new IOException(variant + " did not say '" + event + "' in " + PATIENCE + ":\n" + tail(), e);
        } catch (ExecutionException e) {
            throw new IOException(variant + " cannot be read:\n" + tail(), e.getCause());
        }
    }

    /** The next line of the probe; a JVM may say something of its own there. */
    private String nextLine() {
        try {
            String line;
            do {
                line = answers.readLine();
            } while (line != null && !line.startsWith("{"));
            return line;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String tail() throws IOException {
        var lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(log);
    }
}
