package localcdc.embedded;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells status and log how far a snapshot is, while it is open. */
final class SnapshotProgress implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotProgress.class);
    private static final long LOG_EVERY_TICKS = 50;

    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "snapshot-progress"));
    private final ScheduledFuture<?> ticking;
    private long ticks;

    SnapshotProgress(SnapshotReader reader, long estimate, SourceFacts facts) {
        ticking = timer.scheduleWithFixedDelay(
                () -> {
                    facts.snapshot(reader.rows(), estimate);
                    if (++ticks % LOG_EVERY_TICKS == 0) {
                        LOG.info(
                                "Snapshot: {} rows of about {} read.",
                                reader.rows(),
                                Math.max(estimate, reader.rows()));
                    }
                },
                100,
                100,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        ticking.cancel(true);
        timer.shutdownNow();
    }
}
