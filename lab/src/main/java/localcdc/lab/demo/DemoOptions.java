package localcdc.lab.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.Durations;
import localcdc.common.cli.PortConverter;
import picocli.CommandLine.Option;

/** The demo's flags; a picocli mixin. For one thread. */
public final class DemoOptions implements CheckedOptions {

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "Port of the page on 127.0.0.1 (default: 8080, or the next free one; 0: any).")
    private Integer httpPort;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "20",
            description = "Changes a second that the workload makes; 0: none (default: ${DEFAULT-VALUE}).")
    private Double rate;

    @Option(
            names = "--verify-every",
            paramLabel = "DURATION",
            converter = Durations.class,
            defaultValue = "10s",
            description = "Compare the map with Postgres this often (default: ${DEFAULT-VALUE}).")
    private Duration verifyEvery;

    @Option(
            names = "--duration",
            paramLabel = "DURATION",
            converter = Durations.class,
            description = "Stop by itself after so long at work, with a last comparison (default: at Ctrl-C).")
    private Duration duration;

    @Option(
            names = "--no-kafka",
            description = "Only Postgres and the two engines in this JVM: starts in a few seconds.")
    private boolean noKafka;

    @Override
    public List<String> problems() {
        var problems = new ArrayList<String>();
        if (rate != null && !(rate >= 0 && rate <= Pace.MOST_RATE)) {
            problems.add("--rate is " + rate + "; give a number from 0 to " + Pace.MOST_RATE + ".");
        }
        if (verifyEvery != null && verifyEvery.toMillis() < 1000) {
            problems.add("--verify-every is " + Durations.format(verifyEvery) + "; give at least 1s.");
        }
        return problems;
    }

    /** What the flags say. */
    public DemoSettings settings() {
        return new DemoSettings(
                httpPort == null ? OptionalInt.empty() : OptionalInt.of(httpPort),
                rate,
                verifyEvery,
                !noKafka,
                java.util.Optional.ofNullable(duration));
    }
}
