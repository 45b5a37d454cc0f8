package localcdc.lab.up;

import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.ExitCodes;
import localcdc.common.cli.LeftOut;
import localcdc.common.cli.LeftOutConverter;
import localcdc.common.cli.PortConverter;
import localcdc.common.cli.StopSignal;
import localcdc.common.cli.UsageException;
import localcdc.common.pg.PgOptions;
import localcdc.common.pg.PgSettings;
import localcdc.core.source.SourceException;
import localcdc.embedded.server.TablePattern;
import localcdc.embedded.server.TablePatternConverter;
import localcdc.lab.CommandsToTry;
import localcdc.lab.KafkaPlatform;
import localcdc.lab.KeptServers;
import localcdc.lab.SamplePostgres;
import localcdc.stack.LocalPostgres;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The subcommand {@code up}: starts what a runner needs, says where it is, and keeps it running. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = {
            "Starts only the platform and keeps it running until Ctrl-C: a PostgreSQL with the sample database, a Kafka"
                    + " broker, and Kafka Connect with the Debezium connector that feeds a topic for each table.",
            "When everything is ready, one line of JSON on stdout says where it is."
        })
public final class UpCommand implements Callable<Integer>, CheckedOptions {

    private static final Logger LOG = LoggerFactory.getLogger(UpCommand.class);
    private static final int MOST_PARTITIONS = 100;

    @Option(names = "--no-kafka", description = "Postgres only.")
    private boolean noKafka;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "Port of the broker on 127.0.0.1 (default: a free one).")
    private Integer kafkaPort;

    @Option(
            names = "--connect-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "Port of Connect's REST interface on 127.0.0.1 (default: a free one).")
    private Integer connectPort;

    @Option(
            names = "--topic-prefix",
            paramLabel = "NAME",
            defaultValue = "cdc",
            description = "What the topics' names begin with (default: ${DEFAULT-VALUE}).")
    private String topicPrefix;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many partitions each table's topic has (default: ${DEFAULT-VALUE}).")
    private Integer partitions;

    @Option(
            names = "--leave-out",
            paramLabel = "TABLE[.COLUMN]",
            converter = LeftOutConverter.class,
            description = "No record holds this table, or this column of it: schema.table or schema.table.column, a dot"
                    + " inside a name as %%2E. May be repeated.")
    private final List<LeftOut> leaveOut = new ArrayList<>();

    @Option(
            names = "--pg-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "Port of its Postgres on 127.0.0.1 (default: a free one).")
    private Integer pgPort;

    @Option(
            names = "--external-postgres",
            paramLabel = "HOST:PORT",
            converter = AddressConverter.class,
            description = "Take this Postgres instead of one of its own; user, password and database come from PGUSER,"
                    + " PGPASSWORD (or ~/.pgpass) and PGDATABASE.")
    private Address external;

    @Option(
            names = "--table",
            paramLabel = "PATTERN",
            converter = TablePatternConverter.class,
            description =
                    "A table to capture, such as inventory.customers or inventory.*. May be repeated (default: every"
                            + " table with a primary key).")
    private final List<TablePattern> tables = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    /** A server's address. */
    record Address(String host, int port) {}

    @Override
    public List<String> problems() {
        var problems = new ArrayList<String>();
        if (topicPrefix != null && !topicPrefix.matches("[A-Za-z0-9._-]{1,100}")) {
            problems.add("--topic-prefix is '" + topicPrefix + "'; use letters, digits, '.', '_' and '-'.");
        }
        if (partitions != null && (partitions < 1 || partitions > MOST_PARTITIONS)) {
            problems.add("--partitions is " + partitions + "; give a number from 1 to " + MOST_PARTITIONS + ".");
        }
        if (external != null && pgPort != null) {
            problems.add("--pg-port is the port of a Postgres of its own; it does not go with --external-postgres.");
        }
        return problems;
    }

    @Override
    public Integer call() throws SourceException, InterruptedException {
        var out = spec.commandLine().getOut();
        var patterns = tables.stream().map(TablePattern::toString).toList();
        try (var stop = StopSignal.listen()) {
            if (external != null) {
                run(externalSettings(), null, patterns, stop, out);
            } else {
                try (var postgres = SamplePostgres.start(pgPort == null ? 0 : pgPort)) {
                    run(SamplePostgres.settings(postgres), postgres, patterns, stop, out);
                }
            }
        }
        return ExitCodes.OK;
    }

    /** @param own the lab's own server, or null */
    private void run(PgSettings settings, LocalPostgres own, List<String> patterns, StopSignal stop, PrintWriter out)
            throws SourceException, InterruptedException {
        var kept = new KeptServers();
        if (own == null) {
            requireAnswer(settings);
        } else {
            kept.add(own);
            LOG.info("Postgres {} is up, process {}.", settings.address(), own.pid());
        }
        if (noKafka) {
            tell(settings, own != null, patterns, null, out);
            kept.run(stop);
            return;
        }
        try (var kafka = KafkaPlatform.start(settings, kafkaSettings())) {
            kept.add(kafka);
            tell(settings, own != null, patterns, kafka, out);
            kept.run(stop);
        }
    }

    private KafkaPlatform.Settings kafkaSettings() {
        return new KafkaPlatform.Settings(
                kafkaPort == null ? 0 : kafkaPort,
                connectPort == null ? 0 : connectPort,
                tables,
                leaveOut,
                topicPrefix,
                partitions);
    }

    private static void requireAnswer(PgSettings settings) throws SourceException {
        try (var connection = settings.open("localcdc lab")) {
            LOG.info(
                    "Postgres {} answers, version {}.",
                    settings.address(),
                    connection.getMetaData().getDatabaseProductVersion());
        } catch (SQLException e) {
            throw new SourceException(
                    "Postgres at " + settings.address() + " did not say its version: " + e.getMessage(),
                    "Try it with psql.",
                    e);
        }
    }

    /** Says which commands to try, and prints the line that programs wait for. */
    private static void tell(
            PgSettings settings, boolean own, List<String> patterns, KafkaPlatform kafka, PrintWriter out) {
        var environment = CommandsToTry.environment(settings, own);
        LOG.info("Look around:   {} psql", environment);
        if (own) {
            LOG.info(
                    "Change a row:  {}",
                    CommandsToTry.psql(
                            environment, "UPDATE inventory.customers SET balance = balance + 1 WHERE id = 1001"));
        } else {
            LOG.info("Check it:      {} doctor", CommandsToTry.embeddedRunner(environment, List.of()));
        }
        LOG.info("Follow it:     {}", CommandsToTry.embeddedRunner(environment, patterns));
        if (kafka != null) {
            LOG.info("By Kafka:      {}", CommandsToTry.kafkaRunner(kafka.bootstrapServers(), kafka.topics()));
            LOG.info("The connector: curl -s {}/connectors/{}/status", kafka.connectUrl(), kafka.connector());
        }
        out.println(ReadyLine.of(settings, own, kafka));
        out.flush();
    }

    /** As the runners find user, password and database, for this host and port. */
    private PgSettings externalSettings() {
        var options = new PgOptions();
        CommandLine.populateCommand(options, "--pg-host", external.host(), "--pg-port", "" + external.port());
        var problems = options.problems();
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        return options.settings();
    }

    /** Reads {@link Address}. */
    static final class AddressConverter implements ITypeConverter<Address> {
        @Override
        public Address convert(String text) {
            int colon = text.lastIndexOf(':');
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                if (colon > 0 && port >= 1 && port <= 65_535) {
                    var host = text.substring(0, colon);
                    return new Address(
                            host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host,
                            port);
                }
            } catch (NumberFormatException e) {
                throw wrong(text);
            }
            throw wrong(text);
        }

        private static TypeConversionException wrong(String text) {
            return new TypeConversionException("'" + text + "' is not of the form HOST:PORT, such as localhost:5432");
        }
    }
}
