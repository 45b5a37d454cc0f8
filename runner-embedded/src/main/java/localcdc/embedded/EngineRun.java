package localcdc.embedded;

import io.debezium.embedded.Connect;
import io.debezium.embedded.async.ConvertingAsyncEngineBuilderFactory;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the Debezium engine, from its start to its end, whichever way it ends. Not used again. */
final class EngineRun implements ChangeStream {

    private static final Logger LOG = LoggerFactory.getLogger(EngineRun.class);

    /** A batch costs the engine about as much as a few dozen changes. */
    private static final long BATCH_EVERY_NANOS = TimeUnit.MICROSECONDS.toNanos(2000);

    private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
    private final Thread thread;
    private long previousBatch = System.nanoTime();
    private final CompletableFuture<Void> streaming = new CompletableFuture<>();
    private final CompletableFuture<End> end = new CompletableFuture<>();

    private EngineRun(Properties properties, Consumer<List<SourceRecord>> handler) {
        this.engine = new ConvertingAsyncEngineBuilderFactory()
                .<SourceRecord, Connect>builder(ChangeEventFormat.of(Connect.class))
                .using(properties)
                .using(new DebeziumEngine.ConnectorCallback() {
                    @Override
                    public void pollingStarted() {
                        streaming.complete(null);
                    }
                })
                .using((success, message, error) -> {
                    streaming.completeExceptionally(new IllegalStateException(message, error));
                    end.complete(new End(message, error));
                })
                .notifying((records, committer) -> {
                    for (var received : records) {
                        handler.accept(((RecordBatch) received.record()).records());
                    }
                    // The last record's offset covers the batch: the engine counts it as processed up to there.
                    committer.markProcessed(records.get(records.size() - 1));
                    committer.markBatchFinished();
                    rest();
                })
                .build();
        this.thread = new Thread(engine, "debezium-engine");
    }

    /** Builds an engine and starts it on a thread of its own; batches arrive on a thread of the engine's. */
    static EngineRun start(Properties properties, Consumer<List<SourceRecord>> handler) {
        var run = new EngineRun(properties, handler);
        run.thread.start();
        return run;
    }

    /** On the engine's thread: under load, lets changes gather while the reader of the log has the processor. */
    private void rest() {
        long sincePrevious = System.nanoTime() - previousBatch;
        if (sincePrevious < BATCH_EVERY_NANOS) {
            LockSupport.parkNanos(BATCH_EVERY_NANOS - sincePrevious);
        }
        previousBatch = System.nanoTime();
    }

    /** Each change is applied for itself. */
    @Override
    public boolean isApplying() {
        return false;
    }

    @Override
    public End end() {
        return end.getNow(null);
    }

    /** Waits for the end, at most so long. */
    void awaitEnd(Duration patience) throws InterruptedException {
        try {
            end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.trace("the engine still runs", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Closes the engine, finishing the batch in hand, and waits until its thread has ended. */
    @Override
    public void close(Duration grace) throws InterruptedException {
        long deadline = System.nanoTime() + grace.toNanos();
        // close() throws while the engine's tasks are starting, so wait until they have started or failed.
        try {
            streaming.get(grace.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the engine did not get to stream", e);
        }
        if (end() == null) {
            try {
                engine.close();
            } catch (IOException | IllegalStateException e) {
                // It is ending by itself just now: the callback tells how.
                LOG.debug("closing the engine", e);
            }
        }
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        if (thread.isAlive()) {
            LOG.warn(
                    "The Debezium engine did not end within {} s; its thread is left to end by itself.",
                    grace.toSeconds());
            thread.interrupt();
        }
    }
}
