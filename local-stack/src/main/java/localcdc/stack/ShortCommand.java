package localcdc.stack;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command that answers at once, such as {@code id -u}: its exit code and what it printed on both streams. */
record ShortCommand(int exitCode, String output) {
    private static final int TIMEOUT_SECONDS = 20;

    static ShortCommand run(List<String> command) {
        try {
            Path output = Files.createTempFile("localcdc-", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new StackException(
                            "'" + String.join(" ", command) + "' gave no answer within " + TIMEOUT_SECONDS + " s.",
                            "Run it by hand and see what it waits for.");
                }
                String printed = Files.readString(output, Charset.defaultCharset());
                return new ShortCommand(process.exitValue(), printed.strip());
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException cannotRun) {
            return new ShortCommand(127, String.valueOf(cannotRun.getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StackException(
                    "Interrupted while '" + String.join(" ", command) + "' ran.", "Start again.", interrupted);
        }
    }

    boolean succeeded() {
        return exitCode == 0;
    }
}
