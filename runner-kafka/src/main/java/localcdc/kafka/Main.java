package localcdc.kafka;

import java.util.ArrayList;
import java.util.Map;
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
import localcdc.common.verify.VerifyCommand;
import localcdc.core.source.SourceException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program {@code runner-kafka}. */
@Command(
        name = "runner-kafka",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        subcommands = {DoctorCommand.class, VerifyCommand.class},
        description = {
            "Keeps an in-memory HashMap equal to the tables of a PostgreSQL database, by change data capture:",
            "reads the topics that Kafka Connect with Debezium feeds, from their beginning, and follows them."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  runner-kafka --topic cdc.inventory.customers",
            "  runner-kafka --topic-pattern 'cdc\\.inventory\\..*' --bootstrap-servers localhost:9092",
            "  runner-kafka verify --url http://127.0.0.1:8080 --pg-host localhost"
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
    private KafkaOptions kafka;

    @Mixin
    private RunnerOptions runner;

    /** Not a mixin, whose variables would be checked at the start: only a comparison needs them. */
    @ArgGroup(
            validate = false,
            heading = "%nPostgres, only for the comparison that the page's button starts (as verify does):%n")
    private PgOptions postgres = new PgOptions();

    @Spec
    private CommandSpec spec;

    /** Runs the program and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs the program in this JVM and returns its exit code. */
    public static int run(String... args) {
        return Cli.run(new Main(), args);
    }

    @Override
    public Integer call() throws SourceException {
        var out = spec.commandLine().getOut();
        var settings = runner.settings();
        if (runner.printConfig()) {
            var all = new ArrayList<>(kafka.effective());
            all.addAll(runner.effective());
            if (postgres.problems().isEmpty()) {
                all.addAll(postgres.effective());
            }
            out.print(PrintedConfig.of(all, settings.output()));
            return ExitCodes.OK;
        }
        Logging.configure(settings.logFormat(), settings.logLevel());
        var topics = kafka.settings(settings);
        try (var stop = StopSignal.listen();
                var path = new KafkaRunner(topics)) {
            var status = path.status()
                    .leftOutColumns(settings.columnsLeftOut())
                    .leftOutTables(settings.tablesLeftOut())
                    .build();
            var server = StatusServer.of(status, path.keys())
                    .route("GET", "/api/bad-records", exchange -> exchange.json(200, path.latestBadRecords()))
                    .metrics(path.metrics())
                    .undecidable(path::partOnly)
                    .postgres(postgres::settings);
            if (topics.group() != null) {
                server.missingRowFields(() -> Map.of("group", topics.group(), "partitions", path.partitions()));
            }
            return PipelineRun.run(status, server, settings, stop, out);
        }
    }
}
