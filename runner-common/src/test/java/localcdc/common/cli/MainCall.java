package localcdc.common.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.ToIntFunction;

/** One call of a program in this JVM: its exit code and what it printed. One at a time: it redirects the JVM's streams. */
public record MainCall(int exitCode, String out, String err) {

    /** Calls a program, as {@code MainCall.of(Main::run, "--help")}. */
    public static MainCall of(ToIntFunction<String[]> program, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var outBefore = System.out;
        var errBefore = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        int exitCode;
        try {
            exitCode = program.applyAsInt(args);
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
        return new MainCall(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Asserts the exit code and that nobody is shown a stack trace. */
    public MainCall endsWith(int expected) {
        assertThat(exitCode).as("exit code; stdout:%n%s%nstderr:%n%s", out, err).isEqualTo(expected);
        assertThat(err).doesNotContain("\tat ");
        return this;
    }

    /** Asserts that stderr says each of these. */
    public MainCall saying(String... parts) {
        assertThat(err).contains(parts);
        return this;
    }
}
