package localcdc.common.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** The flags that both runners have; a picocli mixin that becomes {@link RunnerSettings}. For one thread. */
public final class RunnerOptions {

    @Option(
            names = "--http-host",
            paramLabel = "HOST",
            description = "Address the status server listens on (default: 127.0.0.1).")
    private String httpHost;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            converter = PortConverter.class,
            description = "Port of the status server (default: 8080, or the next free one; 0: any).")
    private Integer httpPort;

    @Option(
            names = "--http-token-file",
            paramLabel = "FILE",
            description =
                    "File with the token that the page's controls need; without it they are off where --http-host is"
                            + " wider than loopback, and free where it is not.")
    private Path httpTokenFile;

    @Option(names = "--no-http", description = "No status server.")
    private boolean noHttp;

    @Option(
            names = "--log-events",
            paramLabel = "all|sampled|none",
            description = "Events as log lines; sampled shows at most 20 a second and says how many it left out,"
                    + " all slows the map down to the log's speed (default: sampled).")
    private LogEvents logEvents;

    @Option(
            names = "--report-every",
            paramLabel = "DURATION",
            converter = Durations.class,
            description = "Log the map's size and some of its keys and values this often, such as 10s, 500ms, 1m;"
                    + " 0: never (default: 10s).")
    private Duration reportEvery;

    @Option(
            names = "--until-caught-up",
            description = "Stop with exit code 0 once everything committed before the start is applied.")
    private boolean untilCaughtUp;

    @Option(
            names = "--output",
            paramLabel = "text|json",
            description = "The final report on stdout; json is the object of /api/status (default: text).")
    private TextFormat output;

    @Option(names = "--log-format", paramLabel = "text|json", description = "Log lines on stderr (default: text).")
    private TextFormat logFormat;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "How much our own code logs: error, warn, info, debug or trace (default: info).")
    private LogLevel logLevel;

    @Option(
            names = "--leave-out",
            paramLabel = "TABLE[.COLUMN]",
            converter = LeftOutConverter.class,
            description = "Skip this table, or this column of it: schema.table or schema.table.column, a dot inside a"
                    + " name as %%2E. May be repeated.")
    private final List<LeftOut> leaveOut = new ArrayList<>();

    @Option(names = "--print-config", description = "Print the effective settings, secrets masked, and exit.")
    private boolean printConfig;

    /** Whether the user wants to see the effective settings rather than a run. */
    public boolean printConfig() {
        return printConfig;
    }

    /**
     * The settings that the flags say, defaults filled in.
     *
     * @throws UsageException with every problem found
     */
    public RunnerSettings settings() {
        var defaults = RunnerSettings.defaults();
        return new RunnerSettings(
                httpHost == null ? defaults.httpHost() : httpHost,
                httpPort == null ? OptionalInt.empty() : OptionalInt.of(httpPort),
                !noHttp,
                Optional.ofNullable(httpTokenFile).map(HttpToken::readFrom),
                logEvents == null ? defaults.logEvents() : logEvents,
                reportEvery == null ? defaults.reportEvery() : reportEvery,
                untilCaughtUp,
                output == null ? defaults.output() : output,
                logFormat == null ? defaults.logFormat() : logFormat,
                logLevel == null ? defaults.logLevel() : logLevel,
                leaveOut);
    }

    /** The effective settings for {@link PrintedConfig}. */
    public List<Setting> effective() {
        var settings = settings();
        var all = new ArrayList<Setting>();
        add(all, "--http-host", settings.httpHost(), httpHost);
        add(all, "--http-port", settings.httpPort().orElse(RunnerSettings.DEFAULT_HTTP_PORT), httpPort);
        if (httpTokenFile != null) {
            add(all, "--http-token-file", httpTokenFile, httpTokenFile);
        }
        add(all, "--no-http", noHttp, noHttp ? true : null);
        add(all, "--log-events", lower(settings.logEvents()), logEvents);
        add(all, "--report-every", Durations.format(settings.reportEvery()), reportEvery);
        add(all, "--until-caught-up", untilCaughtUp, untilCaughtUp ? true : null);
        add(all, "--output", lower(settings.output()), output);
        add(all, "--log-format", lower(settings.logFormat()), logFormat);
        add(all, "--log-level", lower(settings.logLevel()), logLevel);
        leaveOut.forEach(one -> add(all, "--leave-out", one, one));
        return all;
    }

    private static void add(List<Setting> all, String flag, Object value, Object given) {
        all.add(new Setting(flag, value.toString(), given == null ? Setting.DEFAULT : "flag"));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
