package localcdc.core.verify;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The time that a verification waits by. */
public interface Pauses {

    /** The time since some fixed moment. */
    Duration now();

    /** Waits. */
    void pause(Duration time) throws InterruptedException;

    /** Real time. */
    static Pauses real() {
        return new Pauses() {
            @Override
            public Duration now() {
                return Duration.ofNanos(System.nanoTime());
            }

            @Override
            public void pause(Duration time) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(time.toNanos());
            }
        };
    }
}
