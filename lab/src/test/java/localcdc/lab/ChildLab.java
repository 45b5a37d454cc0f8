package localcdc.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The lab's command line as a process of its own, on this test's class path. Close ends it by SIGKILL. */
final class ChildLab implements AutoCloseable {

    private final Process process;
    private final Path errors;
    private final BufferedReader output;

    private ChildLab(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    static ChildLab start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    /** The same with further environment variables. */
    static ChildLab start(Map<String, String> environment, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        var errors = Files.createTempFile("lab-errors", ".txt");
        var builder = new ProcessBuilder(command).redirectError(errors.toFile());
        // For the JVMs that it starts as well: all of them live for seconds.
        builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
        builder.environment().putAll(environment);
        return new ChildLab(builder.start(), errors);
    }

    /** The next line on its stdout. */
    String nextLine() throws IOException {
        var line = output.readLine();
        if (line == null) {
            throw new IOException("the lab ended before it said what was expected:\n" + errors());
        }
        return line;
    }

    /** The lines on its stdout up to the first that begins so. */
    List<String> linesUpTo(String beginning) throws IOException {
        var lines = new ArrayList<String>();
        do {
            lines.add(nextLine());
        } while (!lines.get(lines.size() - 1).startsWith(beginning));
        return lines;
    }

    /** Where the demo's page is, once it has said what to try. */
    String pageUrl() throws IOException {
        return linesUpTo("verify ").stream()
                .filter(line -> line.startsWith("page "))
                .findFirst()
                .orElseThrow()
                .replaceFirst("page +(.*)/", "$1");
    }

    /** What is left of its stdout, up to its end. */
    List<String> remainingLines() throws IOException {
        var lines = new ArrayList<String>();
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
        }
        return lines;
    }

    /** What it has written to stderr. */
    String errors() throws IOException {
        return Files.readString(errors);
    }

    /** Its children and theirs. */
    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /** SIGTERM. */
    void terminate() {
        // Not Process.destroy: that would close its output, too.
        process.toHandle().destroy();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    int exitCode(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("the lab does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        kill();
        Files.deleteIfExists(errors);
    }
}
