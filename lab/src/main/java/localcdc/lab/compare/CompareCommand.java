package localcdc.lab.compare;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.Durations;
import localcdc.common.cli.ExitCodes;
import localcdc.common.cli.TextFormat;
import localcdc.core.source.SourceException;
import localcdc.lab.bench.StreamWorkload;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The subcommand {@code compare}. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "The same workload through the direct engine, the Debezium engine and Kafka, first through each alone, then through all at"
                    + " once, on a Postgres and a Kafka of its own: latency by stage at a low rate, throughput at full"
                    + " speed, CPU and memory of every process, and whether each map equals Postgres.",
            "Every path has a JVM of its own for its runner, and the Kafka path one for Connect. All of it takes about three"
                    + " minutes."
        })
public final class CompareCommand implements Callable<Integer>, CheckedOptions {

    private static final int MOST_A_SECOND = 10_000;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "200",
            description = "Changes a second while latency is measured (default: ${DEFAULT-VALUE}).")
    private Integer rate;

    @Option(
            names = "--duration",
            paramLabel = "DURATION",
            converter = Durations.class,
            defaultValue = "20s",
            description = "For how long latency is measured (default: ${DEFAULT-VALUE}).")
    private Duration duration;

    @Option(
            names = "--changes",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Changes at full speed, a multiple of 100 (default: ${DEFAULT-VALUE}).")
    private Integer changes;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Rows of the table (default: ${DEFAULT-VALUE}).")
    private Integer rows;

    @Option(
            names = "--defaults",
            description = "Run Debezium's and Connect's defaults beside ours, and show where the half second goes.")
    private boolean defaults;

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "The result's form (default: ${DEFAULT-VALUE}).")
    private TextFormat output;

    @Option(names = "--plot", paramLabel = "FILE.svg", description = "Draw the result into this file.")
    private Path plot;

    @Spec
    private CommandSpec spec;

    @Override
    public List<String> problems() {
        var problems = new ArrayList<String>();
        if (rate != null && (rate < 1 || rate > MOST_A_SECOND)) {
            problems.add("--rate is " + rate + "; give a number from 1 to " + MOST_A_SECOND + ".");
        }
        if (duration != null && duration.toMillis() < 1000) {
            problems.add("--duration is " + Durations.format(duration) + "; give at least 1s.");
        }
        if (rows != null && rows < StreamWorkload.UPDATES) {
            problems.add("--rows is " + rows + "; give at least " + StreamWorkload.UPDATES + ".");
        }
        int unit = StreamWorkload.CHANGES_A_TRANSACTION;
        if (changes != null && (changes < unit || changes % unit != 0)) {
            problems.add("--changes is " + changes + "; give a multiple of " + unit + ".");
        }
        if (plot != null && !Files.isDirectory(plot.toAbsolutePath().getParent())) {
            problems.add("There is no folder for --plot " + plot + ".");
        }
        return problems;
    }

    @Override
    public Integer call() throws SourceException, SQLException, IOException, InterruptedException {
        // Each comparison with Postgres would log a line for each table.
        ((Logger) LoggerFactory.getLogger("localcdc.core.verify")).setLevel(Level.WARN);
        var outcome = Comparison.run(new CompareSettings(rate, duration, changes, rows, defaults));
        if (plot != null) {
            Files.writeString(plot, ComparePlot.svg(outcome));
        }
        var out = spec.commandLine().getOut();
        out.print(output == TextFormat.JSON ? CompareJson.of(outcome) : CompareText.of(outcome));
        out.flush();
        return outcome.allEqual() ? ExitCodes.OK : ExitCodes.DIFFERENT;
    }
}
