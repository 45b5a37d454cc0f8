package localcdc.lab;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import localcdc.common.pg.PgSettings;
import localcdc.common.verify.HttpMapSide;
import localcdc.common.verify.JdbcPostgresSide;
import localcdc.core.verify.Pauses;
import localcdc.core.verify.TableChoice;
import localcdc.core.verify.TableReport;
import localcdc.core.verify.UndecidedException;
import localcdc.core.verify.Verifier;
import localcdc.core.verify.VerifyReport;
import localcdc.core.verify.VerifySettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the map with Postgres now and then while writes go on, in the way of the command {@code verify}, on a thread of
 * its own. Any thread may ask for the result.
 */
public final class TrustCheck implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TrustCheck.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final URI runner;
    private final PgSettings postgres;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "trust-check"));
    private Future<?> checks = CompletableFuture.completedFuture(null);
    private volatile Result latest = new Result(VerifyReport.undecided("not compared yet"), System.nanoTime());

    /**
     * What a comparison has found.
     *
     * @param nanos when it ended, by {@link System#nanoTime}
     */
    public record Result(VerifyReport report, long nanos) {

        /** As people read it. */
        public String text() {
            long rows = report.tables().stream()
                    .mapToLong(TableReport::rowsCompared)
                    .sum();
            return switch (report.verdict()) {
                case EQUAL -> "yes, " + rows + " rows compared";
                case DIFFERENT ->
                    "NO, "
                            + report.tables().stream()
                                    .mapToLong(TableReport::differences)
                                    .sum()
                            + " rows differ";
                case UNDECIDED -> "not decided: " + reason();
            };
        }

        private String reason() {
            return report.tables().stream()
                    .flatMap(table -> table.reasons().stream())
                    .findFirst()
                    .orElse(report.reason());
        }
    }

    /** @param url where the runner's status server is */
    public TrustCheck(String url, PgSettings postgres) {
        this.runner = URI.create(url);
        this.postgres = postgres;
    }

    /** Begins to compare, each time so long after the last comparison has ended. */
    public TrustCheck start(Duration every) {
        checks = timer.scheduleWithFixedDelay(this::check, 1000, every.toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    /** The last comparison. */
    public Result latest() {
        return latest;
    }

    private void check() {
        try {
            compare();
        } catch (InterruptedException e) {
            LOG.debug("stopped while comparing", e);
        } catch (RuntimeException e) {
            LOG.error("the comparison has a bug", e);
        }
    }

    /** Compares now and keeps the result. */
    public synchronized Result compare() throws InterruptedException {
        VerifyReport report;
        try (var database = new JdbcPostgresSide(postgres)) {
            var verifier = new Verifier(
                    new HttpMapSide(runner, PATIENCE), database, VerifySettings.withPatience(PATIENCE), Pauses.real());
            report = verifier.verify(TableChoice.all());
        } catch (UndecidedException e) {
            report = VerifyReport.undecided(e.sentences());
        }
        latest = new Result(report, System.nanoTime());
        if (report.verdict() == VerifyReport.Verdict.DIFFERENT) {
            LOG.error("The map is not equal to Postgres: {}", report.toJson());
        }
        return latest;
    }

    @Override
    public void close() {
        checks.cancel(true);
        timer.shutdownNow();
        try {
            if (!timer.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("the comparison under way did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
