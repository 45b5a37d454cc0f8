package localcdc.common.report;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import localcdc.common.cli.LogEvents;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Lsn;
import localcdc.core.event.Row;
import localcdc.core.index.ChangeListener;
import localcdc.core.index.LatestState;
import localcdc.core.pipeline.Pipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the changes as they are applied; a thread of its own writes the lines. When sampled, at most {@value
 * #LINES_A_SECOND} lines a second, then one that says how many were left out: the writer only counts. With all of them,
 * the writer waits where the log is slower than the changes for longer than the queue bears: whoever asks for every line
 * gets every line.
 */
public final class EventLog implements ChangeListener, AutoCloseable {

    static final int LINES_A_SECOND = 20;

    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
    private static final int QUEUE_EVENTS = 10_000;
    private static final int ROW_CHARACTERS = 500;
    private static final int KEY_CHARACTERS = 200;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private record Line(ChangeEvent event, LatestState after, long leftOutBefore) {}

    private final Pipeline pipeline;
    private final boolean sampled;
    private final LongSupplier nanos;
    private final BlockingQueue<Line> queue = new ArrayBlockingQueue<>(QUEUE_EVENTS);
    private final AtomicLong leftOut = new AtomicLong();
    private final Thread thread = new Thread(this::write, "event-log");
    private volatile boolean closing;
    /** The writer's own: when the current second began and how many lines it has had. */
    private long second;

    private int lines;

    EventLog(Pipeline pipeline, LogEvents which, LongSupplier nanos) {
        this.pipeline = pipeline;
        this.sampled = which != LogEvents.ALL;
        this.nanos = nanos;
        this.second = nanos.getAsLong();
        thread.setDaemon(true);
        if (which != LogEvents.NONE) {
            thread.start();
            pipeline.indexer().addListener(this);
        }
        if (which == LogEvents.ALL) {
            pipeline.indexer().addReadListener(this);
        }
    }

    /** Begins to log a pipeline's changes; with {@link LogEvents#NONE} it does nothing. The caller closes it. */
    public static EventLog start(Pipeline pipeline, LogEvents which) {
        return new EventLog(pipeline, which, System::nanoTime);
    }

    @Override
    public void changed(ChangeEvent event, LatestState before, LatestState after) {
        if (!sampled) {
            put(event, after);
            return;
        }
        long now = nanos.getAsLong();
        if (now - second >= SECOND) {
            second = now;
            lines = 0;
        }
        if (lines >= LINES_A_SECOND) {
            leftOut.incrementAndGet();
            return;
        }
        lines++;
        long skipped = leftOut.getAndSet(0);
        if (!queue.offer(new Line(event, after, skipped))) {
            leftOut.addAndGet(skipped + 1);
        }
    }

    private void put(ChangeEvent event, LatestState after) {
        try {
            queue.put(new Line(event, after, 0));
        } catch (InterruptedException e) {
            // The source is being stopped; its own code sees the interrupt next.
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        try {
            while (!closing || !queue.isEmpty()) {
                var line = queue.poll(250, TimeUnit.MILLISECONDS);
                if (line == null) {
                    // Nothing new, so the second is over for those that were left out of it.
                    sayLeftOut(leftOut.getAndSet(0));
                } else {
                    sayLeftOut(line.leftOutBefore);
                    LOG.atInfo()
                            .addKeyValue("lsn", Lsn.format(line.event.lsn()))
                            .addKeyValue("tx", line.event.position().txId())
                            .log("{}", text(line.event, line.after));
                }
            }
            sayLeftOut(leftOut.getAndSet(0));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void sayLeftOut(long count) {
        if (count > 0) {
            LOG.info("{} more events were not shown (--log-events all shows each)", count);
        }
    }

    static String text(ChangeEvent event, LatestState after) {
        var text = new StringBuilder(event.operation().label()).append(' ').append(event.table());
        if (event.row() != null) {
            text.append(' ').append(Excerpt.ofKey(event.row(), KEY_CHARACTERS));
        }
        if (after != null) {
            Row row = after.row();
            text.append(" -> ").append(Excerpt.ofRow(row, ROW_CHARACTERS));
        }
        return text.toString();
    }

    /** Writes what is queued, for at most five seconds, and ends. May be repeated. */
    @Override
    public void close() {
        pipeline.indexer().removeListener(this);
        closing = true;
        try {
            thread.join(5000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
