package localcdc.embedded;

import io.debezium.connector.base.QueueProvider;
import io.debezium.pipeline.DataChangeEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * The queue between Debezium's reader of the log and the engine. It hands on everything that waits as one
 * {@link RecordBatch}, and with {@code max.batch.size=1} that ends three costs of the engine's own queue:
 *
 * <ul>
 *   <li>Debezium holds a batch until it is full or the poll interval is over. One record is a full batch here, so a change
 *       goes on at once; under load what has come meanwhile goes with the next.
 *   <li>The engine makes a task and a future for each record. Here it makes them for each batch.
 *   <li>Debezium's poll spins through the last millisecond of each interval, since it counts in whole ones. This queue is
 *       asked for its size in every turn and lets the thread sleep then.
 * </ul>
 *
 * <p>Debezium finds this class by {@link java.util.ServiceLoader} and the name in {@code queue.provider.type}. It calls
 * {@link #enqueue} and {@link #poll} under a lock of its own; {@link #size} may be called from anywhere.
 */
public final class WholeBatchQueue implements QueueProvider<DataChangeEvent> {

    /** What {@code queue.provider.type} calls this class. */
    static final String NAME = "localcdc-whole-batch";

    /** The property that says how many changes a batch holds at most. */
    static final String MAX_RECORDS = "localcdc.max.batch.size";

    private static final long SPIN_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long REST_NANOS = TimeUnit.MICROSECONDS.toNanos(250);

    private final ArrayDeque<SourceRecord> waiting = new ArrayDeque<>();
    private int maxRecords;
    private volatile Thread consumer;
    private long lastEmptyLook;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void configure(Map<String, ?> properties) {
        maxRecords = Integer.parseInt(properties.get(MAX_RECORDS).toString());
    }

    @Override
    public void enqueue(DataChangeEvent event) {
        waiting.add(event.getRecord());
    }

    @Override
    public DataChangeEvent poll() {
        consumer = Thread.currentThread();
        if (waiting.isEmpty()) {
            return null;
        }
        int count = Math.min(waiting.size(), maxRecords);
        var batch = new ArrayList<SourceRecord>(count);
        for (int i = 0; i < count; i++) {
            batch.add(waiting.remove());
        }
        return new DataChangeEvent(new RecordBatch(batch));
    }

    @Override
    public int size() {
        int size = waiting.size();
        if (size == 0 && Thread.currentThread() == consumer) {
            restIfSpinning();
        }
        return size;
    }

    /** Debezium's reader may wait for its lock meanwhile, so it is a short rest. */
    private void restIfSpinning() {
        long now = System.nanoTime();
        if (now - lastEmptyLook < SPIN_NANOS) {
            LockSupport.parkNanos(REST_NANOS);
            now = System.nanoTime();
        }
        lastEmptyLook = now;
    }
}
