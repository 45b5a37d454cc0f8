package localcdc.embedded;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import localcdc.common.PipelineRun;
import localcdc.common.cli.Cli;
import localcdc.common.cli.ExitCodes;
import localcdc.common.cli.PrintedConfig;
import localcdc.common.cli.RunnerOptions;
import localcdc.common.cli.StopSignal;
import localcdc.common.cli.VersionText;
import localcdc.common.http.StatusServer;
import localcdc.common.log.Logging;
import localcdc.common.pg.PgOptions;
import localcdc.common.report.RunnerStatus;
import localcdc.common.verify.VerifyCommand;
import localcdc.core.source.SourceException;
import localcdc.embedded.server.DoctorCommand;
import localcdc.embedded.server.SlotsCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program {@code runner-embedded}. */
@Command(
        name = "runner-embedded",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        subcommands = {DoctorCommand.class, SlotsCommand.class, VerifyCommand.class},
        description = {
            "Keeps an in-memory HashMap equal to the tables of a PostgreSQL database, by change data capture:",
            "reads the tables once, then follows the write-ahead log through the Debezium engine in this JVM."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  runner-embedded --pg-host localhost --table inventory.customers",
            "  runner-embedded doctor --pg-host localhost",
            "  runner-embedded verify --url http://127.0.0.1:8080 --pg-host localhost"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or stopped by a signal after finishing the batch in hand",
            "1:a bug of ours",
            "2:wrong flags or files",
            "3:the environment is not ready; the reason and the remedy are printed",
            "4:verification found differences"
        })
public final class Main implements Callable<Integer> {

    @Mixin
    private PgOptions postgres;

    @Mixin
    private EmbeddedOptions embedded;

    @Mixin
    private RunnerOptions runner;

    @Spec
    private CommandSpec spec;

    /** Runs the program and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs the program in this JVM and returns its exit code. */
    public static int run(String... args) {
        // Before any connection is made: see there.
        EmbeddedRunner.requireUtc();
        return Cli.run(new Main(), args);
    }

    @Override
    public Integer call() throws SourceException {
        var out = spec.commandLine().getOut();
        var settings = runner.settings();
        if (runner.printConfig()) {
            var all = new ArrayList<>(postgres.effective());
            all.addAll(embedded.effective());
            all.addAll(runner.effective());
            out.print(PrintedConfig.of(all, settings.output()));
            return ExitCodes.OK;
        }
        Logging.configure(settings.logFormat(), settings.logLevel());
        try (var stop = StopSignal.listen();
                var path = new EmbeddedRunner(embedded.settings(postgres.settings(), settings.leaveOut()))) {
            var status = RunnerStatus.of(path.pipeline())
                    .field("engine", embedded::engine)
                    .leftOutColumns(settings.columnsLeftOut())
                    .leftOutTables(settings.tablesLeftOut())
                    .tablesGone(path::tablesGone)
                    .build();
            var server =
                    StatusServer.of(status, path.keys()).metrics(path.metrics()).postgres(postgres::settings);
            return PipelineRun.run(status, server, settings, stop, out);
        }
    }
}
