package localcdc.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.ExitCodes;
import localcdc.common.cli.TextFormat;
import localcdc.core.source.SourceException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The subcommand {@code bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures how fast, how small and how prompt the map is, each time beside what it is compared with, on a"
                    + " Postgres of its own. docs/performance.md explains the figures.",
            "Every variant runs in a JVM of its own. After each run the whole map is compared with Postgres. All of it"
                    + " takes about an hour on two cores."
        })
public final class BenchCommand implements Callable<Integer>, CheckedOptions {

    @Option(
            names = "--only",
            paramLabel = "FIGURE",
            split = ",",
            description = "Measure these figures only: ${COMPLETION-CANDIDATES} (default: all of them).")
    private final List<Figure> only = new ArrayList<>();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each variant runs; the median counts (default: ${DEFAULT-VALUE}).")
    private Integer rounds;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "500000",
            description = "Rows of the table; twice as many for P6 and P12 (default: ${DEFAULT-VALUE}).")
    private Integer rows;

    @Option(
            names = "--changes",
            paramLabel = "N",
            defaultValue = "500000",
            description = "Changes that are streamed, a multiple of 100 (default: ${DEFAULT-VALUE}).")
    private Integer changes;

    @Option(
            names = "--jvm-option",
            paramLabel = "OPTION",
            description = "A further option for the JVM of our own path, such as -XX:+UseParallelGC. May be repeated.")
    private final List<String> jvmOptions = new ArrayList<>();

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "The result's form (default: ${DEFAULT-VALUE}).")
    private TextFormat output;

    @Option(names = "--plot", paramLabel = "FILE.svg", description = "Draw the medians and the goals into this file.")
    private Path plot;

    @Spec
    private CommandSpec spec;

    @Override
    public List<String> problems() {
        var problems = new ArrayList<String>();
        if (rounds != null && rounds < 1) {
            problems.add("--rounds is " + rounds + "; give at least 1.");
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
        var figures = only.isEmpty() ? EnumSet.allOf(Figure.class) : EnumSet.copyOf(only);
        var outcome = Bench.run(new BenchSettings(figures, rounds, rows, changes, jvmOptions));
        if (plot != null) {
            Files.writeString(plot, Plot.svg(outcome.results()));
        }
        var out = spec.commandLine().getOut();
        out.print(
                output == TextFormat.JSON
                        ? JsonReport.of(outcome.machine(), outcome.results())
                        : TextReport.of(outcome.machine(), outcome.results()));
        out.flush();
        return outcome.results().anyDifferent() ? ExitCodes.DIFFERENT : ExitCodes.OK;
    }
}
