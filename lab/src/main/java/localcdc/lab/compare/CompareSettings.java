package localcdc.lab.compare;

import java.time.Duration;

/**
 * What is to be compared. Immutable.
 *
 * @param rate changes a second while latency is measured
 * @param duration for how long
 * @param changes how many changes are written at full speed
 * @param rows rows of the table
 * @param defaults whether Debezium's and Connect's defaults run as well
 */
record CompareSettings(int rate, Duration duration, int changes, int rows, boolean defaults) {

    private static final int LONGEST_WARM_UP_SECONDS = 10;

    int seconds() {
        return (int) Math.max(1, duration.toSeconds());
    }

    /** Long enough that the compiler has seen the path. */
    int warmUpSeconds() {
        return Math.min(seconds(), LONGEST_WARM_UP_SECONDS);
    }
}
