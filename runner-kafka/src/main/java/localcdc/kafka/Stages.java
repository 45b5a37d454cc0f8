package localcdc.kafka;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import localcdc.core.pipeline.Latency;

/**
 * Where a change's time goes on its way: from the commit until Debezium has read it from the log, from there until the
 * broker has it, and from there until the row can be read from the map. Three clocks take part (the database's, Connect's
 * and the broker's, this machine's); where they disagree by more than a stage takes, it counts as zero. One thread records,
 * any thread asks.
 */
final class Stages {

    private final Latency captured = new Latency();
    private final Latency appended = new Latency();
    private final Latency applied = new Latency();

    /**
     * Records one change that has just been applied.
     *
     * @param commitMicros {@code source.ts_us}
     * @param capturedMicros the envelope's {@code ts_us}; 0 where the record does not say
     * @param appendedMillis the record's timestamp
     */
    void record(long commitMicros, long capturedMicros, long appendedMillis) {
        var now = Instant.now();
        long nowMicros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
        long appendedMicros = appendedMillis * 1000;
        if (capturedMicros > 0) {
            if (commitMicros > 0) {
                captured.record(capturedMicros - commitMicros);
            }
            appended.record(appendedMicros - capturedMicros);
        }
        applied.record(nowMicros - appendedMicros);
    }

    /** The distributions in milliseconds, for {@code /api/status}. */
    Map<String, Object> asMap() {
        var stages = new LinkedHashMap<String, Object>();
        stages.put("commitToCaptured", millis(captured));
        stages.put("capturedToAppended", millis(appended));
        stages.put("appendedToApplied", millis(applied));
        return stages;
    }

    private static Map<String, Object> millis(Latency latency) {
        var p = latency.percentiles();
        var map = new LinkedHashMap<String, Object>();
        map.put("count", p.count());
        map.put("p50", p.p50());
        map.put("p90", p.p90());
        map.put("p99", p.p99());
        map.put("max", p.max());
        return map;
    }

    /** Forgets everything recorded so far. */
    void reset() {
        captured.reset();
        appended.reset();
        applied.reset();
    }
}
