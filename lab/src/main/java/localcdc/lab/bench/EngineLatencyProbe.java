package localcdc.lab.bench;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import localcdc.core.pipeline.Latency;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * The Debezium engine as one meets it first: all defaults, its own snapshot, and a handler that keeps what it gets in a map.
 * The engine's one thread writes, another asks.
 */
final class EngineLatencyProbe implements Following.Followed {

    private static final long MICROS = 1_000_000;

    private final Map<Object, Object> map = new HashMap<>();
    private final Latency total = new Latency();
    private final Latency captured = new Latency();
    private final Latency applied = new Latency();
    private final CountDownLatch snapshot = new CountDownLatch(1);
    private final Following following;

    private EngineLatencyProbe(Probe probe) {
        this.following = new Following(probe, this);
    }

    static Map<String, Double> run(Probe probe) throws Exception {
        var properties = EngineProbes.properties(probe);
        properties.setProperty("slot.name", probe.argument("slot"));
        properties.setProperty("slot.drop.on.stop", "true");
        var measured = new EngineLatencyProbe(probe);
        try (var engine = DebeziumEngine.create(Connect.class)
                .using(properties)
                .notifying(measured::take)
                .build()) {
            var thread = new Thread(engine, "engine");
            thread.setDaemon(true);
            thread.start();
            measured.snapshot.await();
            measured.following.obey(Map.of());
            return Map.of(Measurement.COUNT, (double) measured.map.size());
        }
    }

    private void take(ChangeEvent<SourceRecord, SourceRecord> event) {
        var one = event.value();
        if (!EngineProbes.isOfTable(event) || one.value() == null) {
            return;
        }
        var envelope = (Struct) one.value();
        var source = envelope.getStruct("source");
        if (envelope.getString("op").equals("d")) {
            map.remove(one.key());
        } else {
            map.put(one.key(), envelope.getStruct("after"));
        }
        var read = source.getString("snapshot");
        if (read != null && !read.equals("false")) {
            if (read.startsWith("last")) {
                snapshot.countDown();
            }
            return;
        }
        var now = Instant.now();
        long nowMicros = now.getEpochSecond() * MICROS + now.getNano() / 1000;
        long committed = source.getInt64("ts_us");
        long seen = envelope.getInt64("ts_us");
        total.record(nowMicros - committed);
        captured.record(seen - committed);
        applied.record(nowMicros - seen);
        following.one();
    }

    @Override
    public Map<String, Double> latency() {
        var values = new TreeMap<String, Double>();
        RunningMap.put(values, "", total);
        RunningMap.put(values, "commitToCaptured.", captured);
        RunningMap.put(values, "capturedToApplied.", applied);
        return values;
    }

    @Override
    public void resetLatency() {
        total.reset();
        captured.reset();
        applied.reset();
    }
}
