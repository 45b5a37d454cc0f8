package localcdc.lab.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import localcdc.embedded.server.Engine;

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
        try (var map = RunningMap.embedded(probe.postgres(), Engine.DEBEZIUM, WITH_GATE)) {
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

    /**
     * The same without Debezium: the map's listener holds the stream at its first change, so that all but what fits into the
     * socket's buffers is still the server's to send at the order {@code go}.
     */
    static Map<String, Double> directStream(Probe probe) throws Exception {
        try (var map = RunningMap.embedded(probe.postgres(), Engine.DIRECT, Map.of())) {
            map.pipeline().caughtUp().join();
            var gate = new CountDownLatch(1);
            var count = new ChangeCount(probe.number("changes"));
            map.pipeline().indexer().addListener((event, before, after) -> {
                pass(gate);
                count.one();
            });
            probe.say(ProbeLine.READY, Map.of());
            probe.nextOrder();
            gate.countDown();
            var values = count.await();
            values.put(Measurement.EQUAL, equal(probe, map));
            return values;
        }
    }

    private static void pass(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads the snapshot. */
    static Map<String, Double> snapshot(Probe probe) throws Exception {
        long began = System.nanoTime();
        long cpu = ChangeCount.cpuNanos();
        try (var map = RunningMap.embedded(probe.postgres(), Engine.DEBEZIUM, Map.of())) {
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

    /** Follows the stream of the embedded path: see {@link Following#obey}. */
    static Map<String, Double> latency(Probe probe, Engine engine) throws Exception {
        try (var map = RunningMap.embedded(probe.postgres(), engine, Map.of())) {
            return follow(probe, map);
        }
    }

    /** Follows the stream of the Kafka path: see {@link Following#obey}. */
    static Map<String, Double> kafkaLatency(Probe probe) throws Exception {
        try (var map = RunningMap.kafka(probe.argument("bootstrap"), probe.argument("topic"))) {
            return follow(probe, map);
        }
    }

    private static Map<String, Double> follow(Probe probe, RunningMap map) throws Exception {
        map.pipeline().caughtUp().join();
        var following = new Following(probe, map);
        map.pipeline().indexer().addListener((event, before, after) -> following.one());
        following.obey(Map.of("port", (double) map.port()));
        return Map.of(Measurement.EQUAL, equal(probe, map));
    }

    /** Reads a finished topic until the runner says that it is ready. */
    static Map<String, Double> topic(Probe probe) throws Exception {
        try (var map = RunningMap.kafka(probe.argument("bootstrap"), probe.argument("topic"))) {
            var values = map.awaitCaughtUp();
            values.put(Measurement.COUNT, (double) probe.number("records"));
            values.put(Measurement.EQUAL, equal(probe, map));
            return values;
        }
    }

    /** Holds what the topic has, says it is ready, and counts the changes that come from the order {@code go} on. */
    static Map<String, Double> kafkaStream(Probe probe) throws Exception {
        try (var map = RunningMap.kafka(probe.argument("bootstrap"), probe.argument("topic"))) {
            map.pipeline().caughtUp().join();
            var count = new ChangeCount(probe.number("changes"));
            map.pipeline().indexer().addListener((event, before, after) -> count.one());
            probe.say(ProbeLine.READY, Map.of());
            probe.nextOrder();
            var values = count.await();
            values.put(Measurement.EQUAL, equal(probe, map));
            return values;
        }
    }

    private static double equal(Probe probe, RunningMap map) throws Exception {
        return MapComparison.isEqual(map.pipeline().reader(), probe.postgres()) ? 1 : 0;
    }
}
