package localcdc.common.verify;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import localcdc.common.cli.UsageException;
import localcdc.common.pg.PgSettings;
import localcdc.core.event.TableId;
import localcdc.core.verify.Pauses;
import localcdc.core.verify.TableChoice;
import localcdc.core.verify.TableReport;
import localcdc.core.verify.UndecidedException;
import localcdc.core.verify.Verifier;
import localcdc.core.verify.VerifyListener;
import localcdc.core.verify.VerifyReport;
import localcdc.core.verify.VerifySettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares a runner's map with Postgres while writes go on, in the way of the command {@code verify}: when asked to, and now
 * and then where that is wanted. Keeps the last result, that of the command included. One comparison at a time, on a thread of its own. Any thread may ask.
 */
public final class TrustCheck implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TrustCheck.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long FIRST_MILLIS = 1000;
    private static final long JOIN_SECONDS = 10;

    private final Supplier<URI> runner;
    private final Supplier<PgSettings> postgres;
    private final LongSupplier rows;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "trust-check");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicBoolean asked = new AtomicBoolean();
    private Future<?> checks = CompletableFuture.completedFuture(null);
    private volatile Running running;
    private volatile Result latest;

    /** Who has compared. */
    public enum By {
        /** This runner. */
        RUNNER,
        /** Somebody with the command {@code verify}. */
        COMMAND
    }

    /**
     * What a comparison has found.
     *
     * @param ended when
     * @param took how long it took, the waiting for undecided rows included
     * @param by whose comparison it was
     */
    public record Result(VerifyReport report, Instant ended, Duration took, By by) {

        /** The rows that were compared, of all tables. */
        public long rowsCompared() {
            return report.tables().stream().mapToLong(TableReport::rowsCompared).sum();
        }

        /** The rows that differ, of all tables. */
        public long differences() {
            return report.tables().stream().mapToLong(TableReport::differences).sum();
        }

        /** As people read it. */
        public String text() {
            return switch (report.verdict()) {
                case EQUAL -> "yes, " + rowsCompared() + " rows compared";
                case DIFFERENT -> "NO, " + differences() + " rows differ";
                case UNDECIDED -> "not decided: " + reason();
            };
        }

        /** Why it was not decided; empty where it was. */
        public String reason() {
            return report.tables().stream()
                    .flatMap(table -> table.reasons().stream())
                    .findFirst()
                    .orElse(report.reason());
        }
    }

    /**
     * How far the comparison under way has come.
     *
     * @param table the table that is read, or was read last; null before the first
     * @param rowsCompared of all tables
     * @param rowsTotal how many rows the map held when it began
     * @param open rows of that table that were not the same, and wait for another look
     * @param since how long it runs
     */
    public record Progress(TableId table, long rowsCompared, long rowsTotal, long open, Duration since) {}

    /**
     * @param runner where the runner's status server is
     * @param postgres asked at each comparison; may throw {@link UsageException}, which then is its result
     * @param rows how many rows the map holds
     */
    public TrustCheck(Supplier<URI> runner, Supplier<PgSettings> postgres, LongSupplier rows) {
        this.runner = runner;
        this.postgres = postgres;
        this.rows = rows;
    }

    /** Begins to compare by itself, each time so long after the last comparison has ended. */
    public TrustCheck every(Duration pause) {
        checks = timer.scheduleWithFixedDelay(this::check, FIRST_MILLIS, pause.toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    /**
     * Asks for a comparison; it begins at once.
     *
     * @return false where one is under way already, or where this is closed
     */
    public boolean request() {
        if (running != null || !asked.compareAndSet(false, true)) {
            return false;
        }
        try {
            timer.execute(() -> {
                try {
                    check();
                } finally {
                    asked.set(false);
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("asked for a comparison after the end", e);
            return false;
        }
    }

    /** The last comparison; nothing before the first has ended. */
    public Optional<Result> latest() {
        return Optional.ofNullable(latest);
    }

    /** The comparison under way; nothing between two. */
    public Optional<Progress> progress() {
        var now = running;
        if (now == null) {
            return asked.get() ? Optional.of(new Progress(null, 0, 0, 0, Duration.ZERO)) : Optional.empty();
        }
        return Optional.of(now.progress());
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

    /** Compares now, on the calling thread, and keeps the result; waits for one under way. */
    public synchronized Result compare() throws InterruptedException {
        var mine = new Running(rows.getAsLong());
        running = mine;
        try {
            var report = report(mine);
            var result = new Result(report, Instant.now(), mine.since(), By.RUNNER);
            latest = result;
            logIfDifferent(report);
            return result;
        } finally {
            running = null;
        }
    }

    /** Keeps what the command {@code verify} has found as the last comparison. */
    public void told(VerifyReport report, Duration took) {
        var result = new Result(report, Instant.now(), took, By.COMMAND);
        latest = result;
        LOG.info("The command verify has compared the map. Equal to Postgres: {}", result.text());
        logIfDifferent(report);
    }

    private static void logIfDifferent(VerifyReport report) {
        if (report.verdict() == VerifyReport.Verdict.DIFFERENT) {
            LOG.error("The map is not equal to Postgres: {}", report.toJson());
        }
    }

    private VerifyReport report(VerifyListener listener) throws InterruptedException {
        try (var database = new JdbcPostgresSide(postgres.get())) {
            var map = new HttpMapSide(runner.get(), PATIENCE);
            return new Verifier(map, database, VerifySettings.withPatience(PATIENCE), Pauses.real(), listener)
                    .verify(TableChoice.all());
        } catch (UndecidedException e) {
            return VerifyReport.undecided(e.sentences());
        } catch (UsageException e) {
            return VerifyReport.undecided(String.join(" ", e.problems()));
        }
    }

    /** The comparison under way: one thread writes, any thread reads. */
    private static final class Running implements VerifyListener {

        private final long began = System.nanoTime();
        private final long rowsTotal;
        private volatile TableId table;
        private volatile long compared;
        private volatile long open;

        Running(long rowsTotal) {
            this.rowsTotal = rowsTotal;
        }

        @Override
        public void compared(TableId ofTable, long more) {
            table = ofTable;
            open = 0;
            // The one thread that writes.
            long all = compared + more;
            compared = all;
        }

        @Override
        public void lookedAgain(TableId ofTable, long left) {
            table = ofTable;
            open = left;
        }

        Duration since() {
            return Duration.ofNanos(System.nanoTime() - began);
        }

        Progress progress() {
            return new Progress(table, compared, rowsTotal, open, since());
        }
    }

    @Override
    public void close() {
        checks.cancel(true);
        timer.shutdownNow();
        try {
            if (!timer.awaitTermination(JOIN_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the comparison under way did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
