package localcdc.common.report;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import localcdc.core.index.TableStats;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the map's state, size, rate and latency now and then, and for each table some of its keys and values. */
public final class PeriodicReport implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PeriodicReport.class);
    /** A duration counts as of the moment at which somebody asks. */
    private static final long LATENCY_SECONDS = 5;

    private static final int TABLES_SHOWN = 10;
    private static final int ROWS_SHOWN = 2;
    private static final int KEY_CHARACTERS = 80;
    private static final int ROW_CHARACTERS = 160;

    private final RunnerStatus status;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "report");
        thread.setDaemon(true);
        return thread;
    });
    private Future<?> reporting = CompletableFuture.completedFuture(null);
    private Future<?> asking = CompletableFuture.completedFuture(null);

    private PeriodicReport(RunnerStatus status) {
        this.status = status;
    }

    /** Begins to report that often; zero: never. The caller closes it. */
    public static PeriodicReport start(RunnerStatus status, Duration every) {
        var report = new PeriodicReport(status);
        if (!every.isZero()) {
            report.reporting = report.ticker.scheduleWithFixedDelay(
                    report::once, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
            var latency = status.pipeline().latency();
            report.asking = report.ticker.scheduleWithFixedDelay(
                    latency::lastMinute, LATENCY_SECONDS, LATENCY_SECONDS, TimeUnit.SECONDS);
        }
        return report;
    }

    private void once() {
        try {
            text(status).lines().forEach(line -> LOG.info("{}", line));
        } catch (RuntimeException e) {
            LOG.error("the report failed", e);
        }
    }

    /** The report: a line for the whole map, and one for each table, at most ten. */
    static String text(RunnerStatus status) {
        var pipeline = status.pipeline();
        var tables = pipeline.reader().tables();
        var latency = pipeline.latency().lastMinute();
        var lag = pipeline.sourceStatus().lagBytes();
        var text = new StringBuilder("map: ").append(pipeline.state()).append(pipeline.isReady() ? ", ready" : "");
        text.append(String.format(
                java.util.Locale.ROOT,
                ", %,d rows in %d tables, %.1f events/s, %s",
                tables.stream().mapToLong(TableStats::size).sum(),
                tables.size(),
                status.eventsPerSecond(),
                latency.count() == 0
                        ? "no change in the last minute"
                        : String.format(
                                java.util.Locale.ROOT,
                                "latency in the last minute p50 %.1f ms p99 %.1f ms",
                                latency.p50(),
                                latency.p99())));
        text.append(lag == null ? "" : ", " + lag + " bytes behind");
        tables.stream().limit(TABLES_SHOWN).forEach(table -> text.append('\n').append(line(status, table)));
        if (tables.size() > TABLES_SHOWN) {
            text.append("\n  and ").append(tables.size() - TABLES_SHOWN).append(" more tables");
        }
        return text.toString();
    }

    private static String line(RunnerStatus status, TableStats table) {
        var text = new StringBuilder("  ")
                .append(table.table())
                .append(String.format(java.util.Locale.ROOT, ": %,d rows", table.size()));
        for (var state : status.pipeline().reader().sample(table.table(), ROWS_SHOWN)) {
            text.append("; ")
                    .append(Excerpt.ofKey(state.row(), KEY_CHARACTERS))
                    .append(" = ")
                    .append(Excerpt.ofRow(state.row(), ROW_CHARACTERS));
        }
        return text.toString();
    }

    @Override
    public void close() {
        reporting.cancel(false);
        asking.cancel(false);
        ticker.shutdownNow();
    }
}
