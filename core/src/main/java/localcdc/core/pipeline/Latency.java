package localcdc.core.pipeline;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/** Distribution of a duration since the start. One thread records, any thread asks. */
public final class Latency {

    private static final long HIGHEST_MICROS = 3_600_000_000L;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(HIGHEST_MICROS, 3);
    private final Histogram total = new Histogram(HIGHEST_MICROS, 3);
    private Histogram recycled;

    /** A distribution in milliseconds; all zero where nothing was recorded. */
    public record Percentiles(long count, double p50, double p90, double p99, double max) {

        /** The figures by their names, for {@code /api/status}. */
        public Map<String, Object> asMap() {
            var figures = new LinkedHashMap<String, Object>();
            figures.put("count", count);
            figures.put("p50", p50);
            figures.put("p90", p90);
            figures.put("p99", p99);
            figures.put("max", max);
            return figures;
        }
    }

    /** Records one duration; below zero (the clocks disagree) counts as zero, above an hour as an hour. */
    public void record(long micros) {
        record(micros, 1);
    }

    /** Records a duration that so many changes took; none: nothing. */
    void record(long micros, int changes) {
        if (changes == 0) {
            return;
        }
        recorder.recordValueWithCount(Math.min(Math.max(micros, 0), HIGHEST_MICROS), changes);
    }

    /** Everything recorded so far. */
    public synchronized Percentiles percentiles() {
        var t = histogram();
        return new Percentiles(
                t.getTotalCount(),
                t.getValueAtPercentile(50) / 1000.0,
                t.getValueAtPercentile(90) / 1000.0,
                t.getValueAtPercentile(99) / 1000.0,
                t.getMaxValue() / 1000.0);
    }

    /** A copy of everything recorded so far, in microseconds. */
    public synchronized Histogram histogram() {
        recycled = recorder.getIntervalHistogram(recycled);
        total.add(recycled);
        return total.copy();
    }

    /** Forgets everything recorded so far: a measurement begins after its warm-up. */
    public synchronized void reset() {
        recycled = recorder.getIntervalHistogram(recycled);
        total.reset();
    }
}
