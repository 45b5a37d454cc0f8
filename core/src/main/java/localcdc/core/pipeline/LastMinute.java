package localcdc.core.pipeline;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * The durations of the last minute, or of up to ten seconds less: they are kept in slices, of which the oldest goes as a whole.
 * For one thread at a time.
 */
final class LastMinute {

    private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** A hundredth is exact enough for a figure that is another one in a second. */
    private static final int DIGITS = 2;

    private record Slice(long beganNanos, Histogram recorded) {}

    private final LongSupplier nanoTime;
    private final ArrayDeque<Slice> slices = new ArrayDeque<>();

    /** @param nanoTime {@link System#nanoTime}, or a test's */
    LastMinute(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Adds what was recorded since the last call. */
    void add(Histogram recorded) {
        long now = nanoTime.getAsLong();
        while (!slices.isEmpty() && now - slices.getFirst().beganNanos() >= KEPT_NANOS) {
            slices.removeFirst();
        }
        if (recorded.getTotalCount() == 0) {
            return;
        }
        if (slices.isEmpty() || now - slices.getLast().beganNanos() >= SLICE_NANOS) {
            slices.addLast(new Slice(now, empty()));
        }
        slices.getLast().recorded().add(recorded);
    }

    /** All of them. */
    Histogram recorded() {
        var all = empty();
        slices.forEach(slice -> all.add(slice.recorded()));
        return all;
    }

    void clear() {
        slices.clear();
    }

    private static Histogram empty() {
        var histogram = new Histogram(DIGITS);
        histogram.setAutoResize(true);
        return histogram;
    }
}
