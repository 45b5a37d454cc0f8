package localcdc.core.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Lsn;
import localcdc.core.event.RowShape;
import localcdc.core.event.TableId;
import localcdc.core.index.ApplyResult;
import localcdc.core.index.HashMapIndexer;
import localcdc.core.index.IndexReader;
import localcdc.core.index.Rebuild;
import localcdc.core.index.Transaction;
import localcdc.core.source.ChangeHandler;
import localcdc.core.source.ChangeSource;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;
import localcdc.core.source.SourceStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins one source to one index: start and stop, the state, readiness, the position, and the time from a commit in
 * Postgres to the moment the row can be read from the map. Everything but {@link #start} may be called from any thread.
 */
public final class Pipeline {

    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final int MARKERS_KEPT = 1000;

    private final String runner;
    private final ChangeSource source;
    private final HashMapIndexer indexer;
    private final Handler handler = new Handler();
    private final Latency latency = new Latency();
    private final Stages stages;
    private final LastApplied lastApplied;
    private final Instant started = Instant.now();
    private final AtomicReference<SourceState> state = new AtomicReference<>(SourceState.STARTING);
    private final CompletableFuture<Void> firstCaughtUp = new CompletableFuture<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Map<String, Boolean> markers = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MARKERS_KEPT;
        }
    };
    private volatile String stateReason = "";
    private volatile boolean ready;
    private volatile long position = Lsn.NONE;
    private volatile long clockOffsetMicros;
    private volatile SourceException failure;

    /**
     * @param runner the path's name in status and logs, {@code embedded} or {@code kafka}
     * @param source not started yet
     * @param indexer empty
     */
    public Pipeline(String runner, ChangeSource source, HashMapIndexer indexer) {
        this.runner = runner;
        this.source = source;
        this.indexer = indexer;
        this.stages = new Stages(source.stages());
        this.lastApplied = new LastApplied(source.stages().size());
    }

    /**
     * Starts the source.
     *
     * @throws SourceException when the environment is not ready; the pipeline is FAILED then
     */
    public void start() throws SourceException {
        try {
            source.start(handler);
        } catch (SourceException e) {
            handler.failed(e);
            throw e;
        }
    }

    /** Stops the source, finishing the batch in hand. A pipeline that has failed keeps its state. */
    public void stop(Duration grace) {
        move(SourceState.STOPPING, "asked to stop");
        source.stop(grace);
        move(SourceState.STOPPED, "everything the source had made is gone");
        firstCaughtUp.completeExceptionally(new IllegalStateException("stopped"));
        end.complete(null);
    }

    public String runner() {
        return runner;
    }

    public SourceState state() {
        return state.get();
    }

    /** Why the state is what it is, as a sentence's part. */
    public String stateReason() {
        return stateReason;
    }

    /** Whether everything that was committed at the start, or at the latest interruption, is applied. */
    public boolean isReady() {
        return ready && state.get() == SourceState.STREAMING;
    }

    /** Everything committed up to this place in the log is applied. */
    public long position() {
        return position;
    }

    /** From the commit in Postgres to the moment the row can be read from the map; snapshot rows are not counted. */
    public Latency latency() {
        return latency;
    }

    /** Where that time goes. */
    public Stages stages() {
        return stages;
    }

    /** The change that was applied last, replays and snapshot rows aside; nothing before the first. */
    public Optional<LastChange> lastChange() {
        return lastApplied.get(stages);
    }

    /** The database's clock minus this machine's, microseconds; latencies are corrected by it. */
    public long clockOffsetMicros() {
        return clockOffsetMicros;
    }

    /** When this pipeline was made. */
    public Instant started() {
        return started;
    }

    public Duration uptime() {
        return Duration.between(started, Instant.now());
    }

    public SourceStatus sourceStatus() {
        return source.status();
    }

    public HashMapIndexer indexer() {
        return indexer;
    }

    public IndexReader reader() {
        return indexer.reader();
    }

    /** Why the source has ended by itself, once it has. */
    public Optional<SourceException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Completes once everything that was committed at the start is applied; exceptionally when that will not be. */
    public CompletableFuture<Void> caughtUp() {
        return firstCaughtUp.copy();
    }

    /** Completes when the pipeline is STOPPED or FAILED. */
    public CompletableFuture<Void> ended() {
        return end.copy();
    }

    /**
     * Waits until a marker has come by: then everything that was committed before it is applied.
     *
     * @return whether it came within {@code patience}
     */
    public boolean awaitMarker(String content, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (markers) {
            while (!markers.containsKey(content)) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(markers, left);
            }
            return true;
        }
    }

    /** Waits for the end, at most so long; true when it has ended. */
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        try {
            end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    /** The only place where the state moves. */
    private void move(SourceState next, String why) {
        var previous = state.getAndUpdate(now -> now.isEnd() ? now : next);
        if (previous.isEnd() || (previous == next && why.equals(stateReason))) {
            return;
        }
        stateReason = why;
        LOG.info("{} -> {}: {}", previous, next, why);
    }

    private static long nowMicros() {
        var now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }

    private final class Handler implements ChangeHandler {

        private Transaction transaction;
        private ChangeEvent lastCollected;
        private long shownMicros;

        @Override
        public void state(SourceState next, String why) {
            if (next != SourceState.STREAMING) {
                ready = false;
            }
            move(next, why);
        }

        @Override
        public Rebuild beginRebuild(Collection<TableId> tables) {
            return indexer.beginRebuild(tables);
        }

        @Override
        public void open(TableId table) {
            indexer.open(table);
        }

        @Override
        public void close(TableId table) {
            indexer.close(table);
        }

        @Override
        public ApplyResult apply(ChangeEvent event, long[] moments) {
            var result = indexer.apply(event);
            if (result == ApplyResult.APPLIED && !event.position().snapshot()) {
                seen(event, moments, nowMicros(), 1);
            }
            return result;
        }

        private void seen(ChangeEvent latest, long[] moments, long appliedMicros, int changes) {
            long commit = latest.position().commitMicros();
            long committed = commit == 0 ? 0 : commit - clockOffsetMicros;
            if (committed != 0) {
                latency.record(appliedMicros - committed, changes);
            }
            stages.record(committed, moments, appliedMicros, changes);
            lastApplied.record(latest, committed, moments, appliedMicros);
        }

        @Override
        public void collect(ChangeEvent event) {
            if (transaction == null) {
                transaction = indexer.begin();
            }
            transaction.add(event);
            lastCollected = event;
        }

        @Override
        public void commit(long[] moments, Runnable meanwhile) {
            if (transaction != null) {
                int applied = transaction.commit(() -> shownMicros = nowMicros(), meanwhile);
                transaction = null;
                if (applied > 0) {
                    seen(lastCollected, moments, shownMicros, applied);
                }
            }
        }

        @Override
        public void discard() {
            if (transaction != null) {
                transaction.close();
                transaction = null;
            }
        }

        @Override
        public ApplyResult replay(ChangeEvent event) {
            return indexer.apply(event);
        }

        @Override
        public ApplyResult applyTombstone(ChangeEvent event) {
            return indexer.applyTombstone(event);
        }

        @Override
        public long forget(IntPredicate partitions) {
            return indexer.forget(partitions);
        }

        @Override
        public long snapshotEnded(long lsn) {
            return indexer.snapshotEnded(lsn);
        }

        @Override
        public void forgetMarks() {
            indexer.forgetMarks();
        }

        @Override
        public boolean holdsOtherShapes(TableId table, RowShape shape) {
            return indexer.reader().holdsOtherShapes(table, shape);
        }

        @Override
        public void reached(long lsn) {
            position = Lsn.later(position, lsn);
        }

        @Override
        public void marker(String content) {
            synchronized (markers) {
                markers.put(content, true);
                markers.notifyAll();
            }
        }

        @Override
        public void caughtUp() {
            ready = true;
            firstCaughtUp.complete(null);
        }

        @Override
        public void clockOffset(long micros) {
            clockOffsetMicros = micros;
        }

        @Override
        public void failed(SourceException cause) {
            failure = cause;
            ready = false;
            move(SourceState.FAILED, cause.getMessage());
            firstCaughtUp.completeExceptionally(cause);
            end.complete(null);
        }
    }
}
