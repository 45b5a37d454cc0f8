package localcdc.common.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Signals are for a process, so each test starts one. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs kill")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StopSignalTest {

    private static final long SIGINT_BIT = 1L << 1;

    /** Says when it listens and when it was asked to stop; with an argument it then does not leave. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            try (var stop = StopSignal.listen()) {
                System.out.println("listening");
                System.out.println("asked by " + stop.requested().get());
                if (arguments.length > 0) {
                    Thread.currentThread().join();
                }
            }
            System.exit(0);
        }
    }

    private static Process start(String... arguments) throws IOException {
        var command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void expect(BufferedReader lines, String line) throws IOException {
        assertThat(lines.readLine()).isEqualTo(line);
    }

    private static void kill(Process process, String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** A shell lets its background jobs ignore SIGINT, and whoever is born so cannot hear it, as it should be. */
    private static List<String> signals() throws IOException {
        var status = Path.of("/proc/self/status");
        if (Files.isReadable(status)) {
            for (var line : Files.readAllLines(status)) {
                if (line.startsWith("SigIgn:")
                        && (Long.parseUnsignedLong(line.substring(7).strip(), 16) & SIGINT_BIT) != 0) {
                    System.err.println("SKIPPED: SIGINT, which this process was started to ignore");
                    return List.of("TERM");
                }
            }
        }
        return List.of("TERM", "INT");
    }

    @Test
    void leavesWithZeroAfterTheFirstSignal() throws Exception {
        for (var signal : signals()) {
            var process = start();
            try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
                expect(lines, "listening");
                kill(process, signal);
                expect(lines, "asked by SIG" + signal);
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isZero();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void stopsAtOnceAtTheSecondSignal() throws Exception {
        var process = start("stay");
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            expect(lines, "listening");
            kill(process, "TERM");
            expect(lines, "asked by SIGTERM");
            kill(process, "TERM");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(143);
        } finally {
            process.destroyForcibly();
        }
    }
}
