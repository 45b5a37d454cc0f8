package localcdc.common.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.util.Callback;

/** One reader of the live changes: a bounded queue, and at most one write under way. Any thread may call. */
final class LiveClient {

    /** What may wait for a slow reader; more is dropped and counted. */
    static final int QUEUE_BYTES = 1024 * 1024;

    private static final byte[] ALIVE = ": alive\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Exchange exchange;
    private final LongAdder droppedOfAll;
    private final Runnable gone;
    private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
    private int queuedBytes;
    private long unannounced;
    private boolean writing;
    private boolean ended;

    /**
     * @param dropped where the events that were dropped are added
     * @param gone called once, when this reader is to be told nothing any more
     */
    LiveClient(Exchange exchange, LongAdder dropped, Runnable gone) {
        this.exchange = exchange;
        this.droppedOfAll = dropped;
        this.gone = gone;
    }

    /** Hands over events, after {@code lost} ones that were lost before they could be handed over. */
    void offer(List<byte[]> frames, long lost) {
        synchronized (this) {
            drop(lost);
            for (var frame : frames) {
                add(frame);
            }
        }
        flush();
    }

    void offer(byte[] frame, long lost) {
        offer(List.of(frame), lost);
    }

    /** Sends a comment, unless something else is on its way. */
    void keepAlive() {
        synchronized (this) {
            if (writing || !queue.isEmpty()) {
                return;
            }
            add(ALIVE);
        }
        flush();
    }

    /** Counts changes that this reader was never offered. */
    void countDropped(long count) {
        droppedOfAll.add(count);
    }

    /** Whether everything that was offered is on its way to the reader. */
    synchronized boolean isIdle() {
        return !writing && queue.isEmpty();
    }

    /** Whether this reader is not to be told anything any more. */
    synchronized boolean isGone() {
        return ended;
    }

    private void drop(long count) {
        unannounced += count;
        droppedOfAll.add(count);
    }

    private void add(byte[] frame) {
        // One event always fits, however large its row is.
        if (queuedBytes > 0 && queuedBytes + frame.length > QUEUE_BYTES) {
            drop(1);
            return;
        }
        announce();
        queue.add(frame);
        queuedBytes += frame.length;
    }

    /** Says how many were dropped at the place in the stream where they are missing. */
    private void announce() {
        if (unannounced > 0) {
            var text = "event: dropped\ndata: {\"dropped\":" + unannounced + "}\n\n";
            var frame = text.getBytes(StandardCharsets.US_ASCII);
            queue.add(frame);
            queuedBytes += frame.length;
            unannounced = 0;
        }
    }

    private void flush() {
        ByteBuffer next;
        synchronized (this) {
            if (queue.isEmpty()) {
                announce();
            }
            if (writing || ended || queue.isEmpty()) {
                return;
            }
            next = ByteBuffer.allocate(queuedBytes);
            queue.forEach(next::put);
            next.flip();
            queue.clear();
            queuedBytes = 0;
            writing = true;
        }
        exchange.response().write(false, next, Callback.from(this::sent, this::failed));
    }

    private void sent() {
        synchronized (this) {
            writing = false;
            if (ended) {
                exchange.callback().succeeded();
                return;
            }
        }
        flush();
    }

    private void failed(Throwable cause) {
        boolean wasThere;
        synchronized (this) {
            writing = false;
            wasThere = !ended;
            ended = true;
        }
        if (wasThere) {
            gone.run();
        }
        exchange.callback().failed(cause);
    }

    /** Ends the stream once the write under way is done. */
    void end() {
        boolean idle;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            idle = !writing;
        }
        gone.run();
        if (idle) {
            exchange.callback().succeeded();
        }
    }
}
