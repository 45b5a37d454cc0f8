package localcdc.common.http;

import org.HdrHistogram.Histogram;

/** Counts a distribution's values by upper bounds. */
final class LatencyBuckets {

    private LatencyBuckets() {}

    /**
     * How many values are in each bucket.
     *
     * @param boundsMicros the buckets' upper bounds, each included, in rising order
     * @return one count more than there are bounds: the last is of what is beyond all of them
     */
    static long[] counts(Histogram micros, long... boundsMicros) {
        var counts = new long[boundsMicros.length + 1];
        long below = 0;
        for (int i = 0; i < boundsMicros.length; i++) {
            long upTo = micros.getCountBetweenValues(0, boundsMicros[i]);
            counts[i] = upTo - below;
            below = upTo;
        }
        counts[boundsMicros.length] = micros.getTotalCount() - below;
        return counts;
    }
}
