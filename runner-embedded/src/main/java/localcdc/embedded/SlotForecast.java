package localcdc.embedded;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * When the log that the server keeps for a slot will become a danger, going by how it has grown over the last minute. The
 * danger is the server's own limit, {@code max_slot_wal_keep_size}, at which it gives the slot up; without one, {@link
 * #NO_LIMIT_BYTES}, at which somebody should look. Any thread.
 */
final class SlotForecast {

    /** A gibibyte. */
    static final long NO_LIMIT_BYTES = 1L << 30;

    private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long SAMPLE_NANOS = Duration.ofSeconds(1).toNanos();
    /** A shorter time says nothing: the server moves its mark forward in steps. */
    private static final long ENOUGH_NANOS = Duration.ofSeconds(15).toNanos();

    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private long dangerBytes = NO_LIMIT_BYTES;

    private record Sample(long nanos, long bytes) {}

    /**
     * Takes a look at the slot into account.
     *
     * @param nanos when, by {@link System#nanoTime}
     * @param retainedBytes what the server keeps
     * @param safeBytes how much more it will keep; null where it has no limit
     */
    synchronized void look(long nanos, long retainedBytes, Long safeBytes) {
        dangerBytes = safeBytes == null ? NO_LIMIT_BYTES : Math.max(0, retainedBytes + safeBytes);
        if (!samples.isEmpty() && nanos - samples.getLast().nanos() < SAMPLE_NANOS) {
            return;
        }
        samples.addLast(new Sample(nanos, retainedBytes));
        while (nanos - samples.getFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /** From how many bytes on it is a danger. */
    synchronized long dangerBytes() {
        return dangerBytes;
    }

    /** Seconds until then, 0 where it is one already; null where it does not grow. */
    synchronized Double secondsLeft() {
        if (samples.isEmpty()) {
            return null;
        }
        var first = samples.getFirst();
        var last = samples.getLast();
        if (last.bytes() >= dangerBytes) {
            return 0.0;
        }
        long grown = last.bytes() - first.bytes();
        if (last.nanos() - first.nanos() < ENOUGH_NANOS || grown <= 0) {
            return null;
        }
        double perSecond = grown / ((last.nanos() - first.nanos()) / 1e9);
        return Math.rint((dangerBytes - last.bytes()) / perSecond);
    }
}
