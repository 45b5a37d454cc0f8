package localcdc.connect;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a logical message in the control topic a promise, and a snapshot's end likewise: whoever reads it knows that the
 * broker has acknowledged every record of an earlier commit, or of the snapshot. Kafka promises no such thing, since batches
 * of several partitions overtake each other.
 *
 * <p>So a message waits until no record is under way any more. That takes a round trip, and the linger time at most, since a
 * batch leaves when that is over. A message whose promise cannot be kept is withdrawn: it is sent without a value. That is so
 * after {@link #PATIENCE}, and for good once a record has failed, which ends Connect's task, and its successor sends the
 * record again.
 *
 * <p>{@link #onSend} is called on the task's thread, one at a time, and {@link #onAcknowledgement} mostly on the producer's
 * I/O thread. The producer calls it once for every record that it was given to send, also for one that it could not even put
 * into a batch, so the count of those under way cannot leak.
 */
public final class MessageBarrier implements ProducerInterceptor<byte[], byte[]> {

    /** How long a message waits. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(MessageBarrier.class);
    private static final byte[][] KEYS = {
        "{\"message\":".getBytes(StandardCharsets.US_ASCII), "{\"snapshot\":".getBytes(StandardCharsets.US_ASCII)
    };

    private final AtomicLong underWay = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition settled = lock.newCondition();
    private final Duration patience;
    private volatile boolean waiting;
    private volatile boolean recordFailed;
    private volatile boolean closed;

    public MessageBarrier() {
        this(PATIENCE);
    }

    MessageBarrier(Duration patience) {
        this.patience = patience;
    }

    @Override
    public void configure(Map<String, ?> properties) {
        // It has no settings.
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> sent) {
        var passed = isPromise(sent) && !promiseHolds() ? withdrawn(sent) : sent;
        underWay.incrementAndGet();
        return passed;
    }

    private static boolean isPromise(ProducerRecord<byte[], byte[]> sent) {
        if (sent.key() == null || !sent.topic().endsWith(CanonicalRecord.CONTROL_SUFFIX)) {
            return false;
        }
        for (var start : KEYS) {
            if (sent.key().length > start.length
                    && Arrays.equals(sent.key(), 0, start.length, start, 0, start.length)) {
                return true;
            }
        }
        return false;
    }

    /** Waits until no record is under way; whether every one has arrived. */
    private boolean promiseHolds() {
        try {
            if (!awaitSettled()) {
                if (closed) {
                    return false;
                }
                LOG.warn(
                        "After {} s {} records still wait for the broker to acknowledge them. A logical message that"
                                + " stood behind them is withdrawn. Is the broker up, and are its partitions' leaders?",
                        patience.toSeconds(),
                        underWay.get());
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        if (recordFailed) {
            LOG.warn(
                    "A record before it was not written, so a logical message is withdrawn. The task's failure says why.");
        }
        return !recordFailed;
    }

    private boolean awaitSettled() throws InterruptedException {
        if (underWay.get() == 0) {
            return true;
        }
        var left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            // Set before the count is read: whoever counts down to zero after that sees it.
            waiting = true;
            while (underWay.get() > 0 && !closed) {
                if (left <= 0) {
                    return false;
                }
                left = settled.awaitNanos(left);
            }
            return underWay.get() == 0;
        } finally {
            waiting = false;
            lock.unlock();
        }
    }

    private static ProducerRecord<byte[], byte[]> withdrawn(ProducerRecord<byte[], byte[]> sent) {
        return new ProducerRecord<>(sent.topic(), sent.partition(), sent.timestamp(), sent.key(), null, sent.headers());
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception failure) {
        if (failure != null) {
            recordFailed = true;
        }
        if (underWay.decrementAndGet() == 0 && waiting) {
            wake();
        }
    }

    private void wake() {
        lock.lock();
        try {
            settled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        wake();
    }
}
