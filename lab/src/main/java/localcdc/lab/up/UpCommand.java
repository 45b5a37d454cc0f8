package localcdc.lab.up;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.ExitCodes;
import localcdc.common.cli.PortConverter;
import localcdc.common.cli.StopSignal;
import localcdc.common.cli.UsageException;
import localcdc.common.pg.PgOptions;
import localcdc.core.source.SourceException;
import localcdc.embedded.server.TablePattern;
import localcdc.lab.SamplePostgres;
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
            "Starts only the platform and keeps it running until Ctrl-C: a PostgreSQL with the sample database.",
            "When everything is ready, one line of JSON on stdout says where it is."
        })
public final class UpCommand implements Callable<Integer>, CheckedOptions {

    @Option(names = "--no-kafka", description = "Postgres only.")
    private boolean noKafka;

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
            converter = PatternConverter.class,
            description =
                    "A table that the runner shall capture, such as inventory.customers or inventory.*: it is in the"
                            + " command that is printed. May be repeated (default: every table with a primary key).")
    private final List<TablePattern> tables = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    /** A server's address. */
    record Address(String host, int port) {}

    @Override
    public List<String> problems() {
        var problems = new ArrayList<String>();
        if (!noKafka) {
            problems.add("The Kafka path is not part of this version: add --no-kafka.");
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
                ExternalPostgres.run(externalSettings(), patterns, stop, out);
            } else {
                try (var postgres = SamplePostgres.start(pgPort == null ? 0 : pgPort)) {
                    new KeptPostgres(postgres, stop).run(patterns, out);
                }
            }
        }
        return ExitCodes.OK;
    }

    /** As the runners find user, password and database, for this host and port. */
    private localcdc.common.pg.PgSettings externalSettings() {
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

    /** Reads {@link TablePattern}. */
    static final class PatternConverter implements ITypeConverter<TablePattern> {
        @Override
        public TablePattern convert(String text) {
            try {
                return TablePattern.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
