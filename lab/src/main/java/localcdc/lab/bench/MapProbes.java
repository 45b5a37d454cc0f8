package localcdc.lab.bench;

import java.util.Map;
import java.util.TreeMap;

/** The probes of our own path. */
final class MapProbes {

    /** Holds the engine at the gate for as long as the log is being written. */
    private static final Map<String, String> WITH_GATE = Map.of(
            "converters", "gate,canonical",
            "gate.type", GateConverter.class.getName(),
            "task.management.timeout.ms", "3600000");

    private MapProbes() {}

    /** Reads the snapshot, says it is ready, and at the order {@code go} streams what was written meanwhile. */
    static Map<String, Double> stream(Probe probe) throws Exception {
        try (var map = RunningMap.start(probe.postgres(), WITH_GATE)) {
            map.awaitSnapshot();
            GateConverter.awaitEngine();
            probe.say(ProbeLine.READY, Map.of());
            probe.nextOrder();
            var count = new ChangeCount(probe.number("changes"));
            map.pipeline().indexer().addListener((event, before, after) -> count.one());
            GateConverter.open();
            var values = count.await();
            values.put(Measurement.EQUAL, equal(probe, map));
            return values;
        }
    }

    /** Reads the snapshot. */
    static Map<String, Double> snapshot(Probe probe) throws Exception {
        long began = System.nanoTime();
        long cpu = ChangeCount.cpuNanos();
        try (var map = RunningMap.start(probe.postgres(), Map.of())) {
            long starting = System.nanoTime();
            map.awaitSnapshot();
            var values = new TreeMap<String, Double>();
            long ended = System.nanoTime();
            values.put(Measurement.CPU_SECONDS, (ChangeCount.cpuNanos() - cpu) / 1e9);
            values.put(Measurement.SECONDS, (ended - starting) / 1e9);
            values.put(Measurement.START_SECONDS, (starting - began) / 1e9);
            values.put(Measurement.COUNT, (double) probe.number("rows"));
            values.put(Measurement.EQUAL, equal(probe, map));
            return values;
        }
    }

    /**
     * Streams; at each order {@code mark} it forgets what it has measured, at each order {@code report} it says it, and
     * at {@code end} it ends.
     */
    static Map<String, Double> latency(Probe probe) throws Exception {
        try (var map = RunningMap.start(probe.postgres(), Map.of())) {
            map.pipeline().caughtUp().join();
            probe.say(ProbeLine.READY, Map.of());
            long marked = System.nanoTime();
            long cpu = ChangeCount.cpuNanos();
            for (var order = probe.nextOrder(); !order.equals("end"); order = probe.nextOrder()) {
                if (order.equals("report")) {
                    var latency = map.pipeline().latency().percentiles();
                    probe.say(
                            ProbeLine.RESULT,
                            Map.of(
                                    Measurement.COUNT,
                                    (double) latency.count(),
                                    "p50",
                                    latency.p50(),
                                    "p99",
                                    latency.p99(),
                                    "max",
                                    latency.max(),
                                    "cpu",
                                    (ChangeCount.cpuNanos() - cpu) / (double) (System.nanoTime() - marked)));
                }
                map.pipeline().latency().reset();
                marked = System.nanoTime();
                cpu = ChangeCount.cpuNanos();
            }
            return Map.of(Measurement.EQUAL, equal(probe, map));
        }
    }

    private static double equal(Probe probe, RunningMap map) throws Exception {
        return MapComparison.isEqual(map.pipeline().reader(), probe.postgres()) ? 1 : 0;
    }
}
