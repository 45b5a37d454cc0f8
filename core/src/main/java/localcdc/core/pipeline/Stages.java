package localcdc.core.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a change's time goes on its way: a distribution for each stretch from the commit to the moment the row can be read
 * from the map. Several clocks may take part; where they disagree by more than a stage takes, it counts as zero. One thread
 * records, any thread asks.
 */
public final class Stages {

    private final List<String> names;
    private final List<Latency> latencies = new ArrayList<>();

    /** @param names the stages in the order in which a change passes them, at least one */
    Stages(List<String> names) {
        this.names = List.copyOf(names);
        this.names.forEach(name -> latencies.add(new Latency()));
    }

    /** The stages in the order in which a change passes them. */
    public List<String> names() {
        return names;
    }

    /** How long changes took for one of {@link #names}. */
    public Latency latency(String name) {
        return latencies.get(names.indexOf(name));
    }

    /** The distributions in milliseconds, for {@code /api/status}. */
    public Map<String, Object> asMap() {
        var stages = new LinkedHashMap<String, Object>();
        names.forEach(name -> stages.put(name, latency(name).percentiles().asMap()));
        return stages;
    }

    /** Forgets everything recorded so far. */
    public void reset() {
        latencies.forEach(Latency::reset);
    }

    /**
     * Records so many changes that took the same way.
     *
     * @param committed when they were committed, microseconds; 0 where it is not known
     * @param moments when each stage but the last was over, microseconds; 0 where it is not known
     * @param applied when they could be read from the map, microseconds
     */
    void record(long committed, long[] moments, long applied, int changes) {
        long from = committed;
        for (int stage = 0; stage < names.size(); stage++) {
            long until = stage < moments.length ? moments[stage] : applied;
            if (from > 0 && until > 0) {
                latencies.get(stage).record(until - from, changes);
            }
            from = until;
        }
    }

    /** What one change took for each stage, milliseconds; null where it is not known. */
    Map<String, Double> millis(long committed, long[] moments, long applied) {
        var millis = new LinkedHashMap<String, Double>();
        long from = committed;
        for (int stage = 0; stage < names.size(); stage++) {
            long until = stage < moments.length ? moments[stage] : applied;
            millis.put(names.get(stage), from > 0 && until > 0 ? Math.max(0, until - from) / 1000.0 : null);
            from = until;
        }
        return millis;
    }
}
