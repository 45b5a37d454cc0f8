package localcdc.common.verify;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.Durations;
import localcdc.common.cli.ExitCodes;
import localcdc.common.cli.HttpToken;
import localcdc.common.cli.TextFormat;
import localcdc.common.pg.PgOptions;
import localcdc.core.verify.Pauses;
import localcdc.core.verify.TableChoice;
import localcdc.core.verify.UndecidedException;
import localcdc.core.verify.Verifier;
import localcdc.core.verify.VerifyReport;
import localcdc.core.verify.VerifySettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The subcommand {@code verify}: the result goes to stdout, its exit code says what it comes to. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Compares a running runner's map with Postgres, row for row and both ways, while writes go on.",
            "It writes nothing but a marker into the log, and locks out no writer.",
            "What a comparison of all tables has found is the last result on the runner's page and in its metrics, too."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:equal, and nothing left undecided",
            "2:wrong flags",
            "3:could not decide; the reason is printed",
            "4:differences; the first 20 are printed with both sides"
        })
public final class VerifyCommand implements Callable<Integer>, CheckedOptions {

    private static final Logger LOG = LoggerFactory.getLogger(VerifyCommand.class);

    @Option(
            names = "--url",
            paramLabel = "URL",
            required = true,
            description = "Where the runner's status server is, http://HOST:PORT; the runner logs it when it starts.")
    private String url;

    @Mixin
    private PgOptions postgres;

    @Option(
            names = "--table",
            paramLabel = "PATTERN",
            description = "Compare this table only: schema.table, or schema.* for all of a schema. May be repeated"
                    + " (default: every table that the runner holds).")
    private final List<String> tables = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = Durations.class,
            defaultValue = "60s",
            description =
                    "How long to wait for a runner that is not ready and for rows that stay undecided; reading the"
                            + " tables is not counted (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    @Option(
            names = "--http-token-file",
            paramLabel = "FILE",
            description =
                    "File with the token of the runner's controls: where it has one, its page shows the result only"
                            + " with it.")
    private Path httpTokenFile;

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "The result's form (default: ${DEFAULT-VALUE}).")
    private TextFormat output;

    @Spec
    private CommandSpec spec;

    @Override
    public List<String> problems() {
        return url == null || parse(url) != null
                ? List.of()
                : List.of("--url is '" + url + "'; it must be of the form http://HOST:PORT.");
    }

    private static URI parse(String text) {
        try {
            var uri = new URI(text);
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return web && uri.getHost() != null && uri.getQuery() == null && uri.getFragment() == null ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        var out = spec.commandLine().getOut();
        var token = Optional.ofNullable(httpTokenFile).map(HttpToken::readFrom);
        var runner = new HttpMapSide(parse(url), timeout);
        long began = System.nanoTime();
        VerifyReport report;
        try (var database = new JdbcPostgresSide(postgres.settings())) {
            var settings = VerifySettings.withPatience(timeout);
            report = new Verifier(runner, database, settings, Pauses.real()).verify(new TableChoice(tables));
            if (output == TextFormat.TEXT) {
                ReportText.print(report, out);
            }
        } catch (UndecidedException e) {
            report = VerifyReport.undecided(e.sentences());
            spec.commandLine().getErr().println(e.sentences());
        }
        if (output == TextFormat.JSON) {
            out.println(report.toJson());
        }
        out.flush();
        if (tables.isEmpty() && report.verdict() != VerifyReport.Verdict.UNDECIDED) {
            tell(runner, report, Duration.ofNanos(System.nanoTime() - began), token);
        }
        return switch (report.verdict()) {
            case EQUAL -> ExitCodes.OK;
            case UNDECIDED -> ExitCodes.ENVIRONMENT;
            case DIFFERENT -> ExitCodes.DIFFERENT;
        };
    }

    /** What the runner's page shows is no part of the result: that it does not is worth a line where a token was to see to it. */
    private void tell(HttpMapSide runner, VerifyReport report, Duration took, Optional<HttpToken> token) {
        Optional<String> refused;
        try {
            refused = runner.tell(report, took, token);
        } catch (UndecidedException e) {
            refused = Optional.of(e.sentences());
        }
        refused.ifPresent(reason -> {
            LOG.debug("the runner's page does not show this result: {}", reason);
            if (token.isPresent()) {
                spec.commandLine().getErr().println("The runner's page does not show this result: " + reason);
            }
        });
    }
}
