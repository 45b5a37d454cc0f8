package localcdc.common.report;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Events a second over the last few seconds, from a count that is looked at once a second. Any thread may ask. */
final class EventRate implements AutoCloseable {

    private static final int WINDOW_SECONDS = 5;

    private record Sample(long nanos, long count) {}

    private final LongSupplier count;
    private final LongSupplier nanos;
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "event-rate");
        thread.setDaemon(true);
        return thread;
    });

    private Future<?> looking = CompletableFuture.completedFuture(null);

    EventRate(LongSupplier count) {
        this(count, System::nanoTime);
    }

    EventRate(LongSupplier count, LongSupplier nanos) {
        this.count = count;
        this.nanos = nanos;
        look();
    }

    /** Begins to look once a second. */
    EventRate start() {
        looking = ticker.scheduleAtFixedRate(this::look, 1, 1, TimeUnit.SECONDS);
        return this;
    }

    synchronized void look() {
        samples.addLast(new Sample(nanos.getAsLong(), count.getAsLong()));
        while (samples.size() > WINDOW_SECONDS + 1) {
            samples.removeFirst();
        }
    }

    /** Events a second from the oldest look that is kept until now. */
    synchronized double perSecond() {
        var oldest = samples.getFirst();
        long elapsed = nanos.getAsLong() - oldest.nanos;
        return elapsed <= 0 ? 0 : (count.getAsLong() - oldest.count) * 1e9 / elapsed;
    }

    @Override
    public void close() {
        looking.cancel(false);
        ticker.shutdownNow();
    }
}
