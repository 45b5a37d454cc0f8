package localcdc.core.pipeline;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/** Distribution of a duration, since the start and of the last minute. One thread records, any thread asks. */
public final class Latency {

    private static final long HIGHEST_MICROS = 3_600_000_000L;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(HIGHEST_MICROS, 3);
    private final Histogram total = new Histogram(HIGHEST_MICROS, 3);
    private final LastMinute lastMinute;
    private Histogram recycled;

    /** Of which nothing is recorded yet. */
    public Latency() {
        this(System::nanoTime);
    }

    /** @param nanoTime the clock by which a minute passes; for tests */
    Latency(LongSupplier nanoTime) {
        lastMinute = new LastMinute(nanoTime);
    }

    /** A distribution in milliseconds; all zero where nothing was recorded. */
    public record Percentiles(long count, double p50, double p90, double p99, double max) {

        private static Percentiles of(Histogram micros) {
            return new Percentiles(
                    micros.getTotalCount(),
                    micros.getValueAtPercentile(50) / 1000.0,
                    micros.getValueAtPercentile(90) / 1000.0,
                    micros.getValueAtPercentile(99) / 1000.0,
                    micros.getMaxValue() / 1000.0);
        }

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
    public Percentiles percentiles() {
        return Percentiles.of(histogram());
    }

    /**
     * What was recorded in the last minute, or in up to ten seconds less: what the start or an outage took is not seen in it for
     * ever. A duration counts as recorded when somebody next asks for any of these figures.
     */
    public synchronized Percentiles lastMinute() {
        collect();
        return Percentiles.of(lastMinute.recorded());
    }

    /** A copy of everything recorded so far, in microseconds. */
    public synchronized Histogram histogram() {
        collect();
        return total.copy();
    }

    private void collect() {
        recycled = recorder.getIntervalHistogram(recycled);
        total.add(recycled);
        lastMinute.add(recycled);
    }

    /** Forgets everything recorded so far: a measurement begins after its warm-up. */
    public synchronized void reset() {
        recycled = recorder.getIntervalHistogram(recycled);
        total.reset();
        lastMinute.clear();
    }
}
