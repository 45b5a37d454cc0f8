package localcdc.common.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import localcdc.core.event.TableId;

/**
 * What the runners' shared flags say. Immutable.
 *
 * @param httpHost the address that the status server listens on
 * @param httpPort the port that the user gave, 0 for any; empty: 8080 or the next free one
 * @param http whether there is a status server
 * @param httpToken what whoever uses the status server's controls has to send; empty: see {@code --http-token-file}
 * @param logEvents which events become log lines
 * @param reportEvery how often the map is logged; zero: never
 * @param untilCaughtUp whether to stop once everything committed before the start is applied
 * @param output the form of the final report on stdout
 * @param logFormat the form of log lines on stderr
 * @param logLevel how much our own code logs
 * @param leaveOut tables and columns that the map does not hold
 */
public record RunnerSettings(
        String httpHost,
        OptionalInt httpPort,
        boolean http,
        Optional<HttpToken> httpToken,
        LogEvents logEvents,
        Duration reportEvery,
        boolean untilCaughtUp,
        TextFormat output,
        TextFormat logFormat,
        LogLevel logLevel,
        List<LeftOut> leaveOut) {

    public static final int DEFAULT_HTTP_PORT = 8080;

    public RunnerSettings {
        Objects.requireNonNull(logEvents, "logEvents");
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(logFormat, "logFormat");
        Objects.requireNonNull(logLevel, "logLevel");
        leaveOut = List.copyOf(leaveOut);
        var problems = new ArrayList<String>();
        if (httpHost.isBlank()) {
            problems.add("--http-host is empty; give an address such as 127.0.0.1.");
        }
        int port = httpPort.orElse(DEFAULT_HTTP_PORT);
        if (port < 0 || port > 65_535) {
            problems.add("--http-port is " + port + "; give a number from 0 to 65535.");
        }
        if (reportEvery.isNegative()) {
            problems.add("--report-every is negative; give a duration such as 10s, or 0 for no reports.");
        }
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
    }

    /** The settings of a command line without flags. */
    public static RunnerSettings defaults() {
        return new RunnerSettings(
                "127.0.0.1",
                OptionalInt.empty(),
                true,
                Optional.empty(),
                LogEvents.SAMPLED,
                Duration.ofSeconds(10),
                false,
                TextFormat.TEXT,
                TextFormat.TEXT,
                LogLevel.INFO,
                List.of());
    }

    /** Tables that the map does not hold although they were selected. */
    public Set<TableId> tablesLeftOut() {
        var tables = new LinkedHashSet<TableId>();
        leaveOut.stream().filter(one -> one.column().isEmpty()).forEach(one -> tables.add(one.table()));
        return tables;
    }

    /** Columns that are absent from their tables' rows. */
    public Map<TableId, List<String>> columnsLeftOut() {
        var columns = new LinkedHashMap<TableId, List<String>>();
        for (var one : leaveOut) {
            one.column().ifPresent(column -> columns.computeIfAbsent(one.table(), table -> new ArrayList<>())
                    .add(column));
        }
        return columns;
    }
}
