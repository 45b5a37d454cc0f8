package localcdc.common.http;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import localcdc.core.pipeline.Pipeline;
import org.HdrHistogram.Histogram;

/**
 * What the latency was in each of the last seconds, and its distribution since the start. One thread lets the seconds pass, any
 * thread asks.
 */
final class LatencyHistory {

    static final int SECONDS = 300;

    private static final double MICROS = 1000.0;
    private static final long[] BOUNDS_MILLIS = {1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 5000};

    private final Pipeline pipeline;
    private final ArrayDeque<Map<String, Object>> seconds = new ArrayDeque<>();
    /** How many seconds have passed. */
    private int passed;

    private Histogram before;
    private long eventsBefore;

    LatencyHistory(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** A second has passed. */
    synchronized void tick() {
        var now = pipeline.latency().histogram();
        var earlier = before;
        before = now;
        var inSecond = now.copy();
        // Less than before: it was told to forget what there was.
        if (earlier != null && earlier.getTotalCount() <= now.getTotalCount()) {
            inSecond.subtract(earlier);
        }
        long events = pipeline.indexer().events();
        var second = new LinkedHashMap<String, Object>();
        second.put("time", Instant.now().toString());
        second.put("events", Math.max(0, events - eventsBefore));
        second.put("count", inSecond.getTotalCount());
        second.put("p50", inSecond.getValueAtPercentile(50) / MICROS);
        second.put("p99", inSecond.getValueAtPercentile(99) / MICROS);
        second.put("max", inSecond.getTotalCount() == 0 ? 0.0 : inSecond.getValueAtPercentile(100) / MICROS);
        eventsBefore = events;
        if (seconds.size() == SECONDS) {
            seconds.removeFirst();
        }
        seconds.addLast(second);
        passed++;
    }

    /**
     * {@code GET /api/latency?from=N}: the seconds since the start are numbered from 0. A number that has not come yet is one of
     * an earlier start, and gets all seconds of this one.
     */
    void write(Exchange exchange) throws IOException {
        int wanted = exchange.number("from", 0, Integer.MAX_VALUE).orElse(0);
        var latency = new LinkedHashMap<String, Object>();
        latency.put("started", pipeline.started().toString());
        synchronized (this) {
            int oldest = passed - seconds.size();
            int from = wanted > passed ? oldest : Math.max(wanted, oldest);
            latency.put("from", from);
            latency.put("next", passed);
            latency.put("seconds", seconds.stream().skip(from - oldest).toList());
        }
        latency.put("distribution", distribution());
        exchange.json(200, latency);
    }

    private List<Map<String, Object>> distribution() {
        var counts = LatencyBuckets.counts(
                pipeline.latency().histogram(),
                Arrays.stream(BOUNDS_MILLIS).map(millis -> millis * 1000).toArray());
        var distribution = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < counts.length; i++) {
            distribution.add(bucket(i < BOUNDS_MILLIS.length ? BOUNDS_MILLIS[i] : null, counts[i]));
        }
        return distribution;
    }

    /** @param upToMillis null for whatever takes longer */
    private static Map<String, Object> bucket(Long upToMillis, long count) {
        var bucket = new LinkedHashMap<String, Object>();
        bucket.put("upToMillis", upToMillis);
        bucket.put("count", count);
        return bucket;
    }
}
