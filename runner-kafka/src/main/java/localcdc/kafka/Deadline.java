package localcdc.kafka;

import java.time.Duration;

/** When a look at the broker has to be over, whatever it has shown by then. Immutable. */
final class Deadline {

    private final long endNanos;

    private Deadline(long endNanos) {
        this.endNanos = endNanos;
    }

    static Deadline in(Duration patience) {
        return new Deadline(System.nanoTime() + patience.toNanos());
    }

    /** What is left of it, and no more than {@code most}; at least a millisecond, so that it can be a client's timeout. */
    Duration left(Duration most) {
        long millis = (endNanos - System.nanoTime()) / 1_000_000;
        return Duration.ofMillis(Math.max(1, Math.min(millis, most.toMillis())));
    }

    boolean isOver() {
        return System.nanoTime() - endNanos >= 0;
    }
}
