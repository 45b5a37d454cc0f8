package localcdc.lab.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import localcdc.kafka.ConsumerSettings;
import localcdc.kafka.KafkaSettings;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.Stores;

/** Readers of a topic that our own is compared with: all but Kafka Streams with the runner's own consumer settings. */
final class TopicProbes {

    private static final Duration POLL = Duration.ofMillis(100);

    private TopicProbes() {}

    /** What is done with a record. */
    private interface Use {
        void take(ConsumerRecord<byte[], byte[]> one) throws Exception;
    }

    /** Reads a finished topic and throws every record away. */
    static Map<String, Double> raw(Probe probe) throws Exception {
        return read(probe, one -> {});
    }

    /** Reads a finished topic as one would write it first: each value becomes a tree, which is put under its key. */
    static Map<String, Double> readTree(Probe probe) throws Exception {
        var json = new ObjectMapper();
        var map = new HashMap<JsonNode, JsonNode>();
        var values = read(probe, one -> {
            var key = json.readTree(one.key());
            if (one.value() == null) {
                map.remove(key);
                return;
            }
            var value = json.readTree(one.value());
            if (value.get("op").asText().equals("d")) {
                map.remove(key);
            } else {
                map.put(key, value.get("after"));
            }
        });
        values.put("entries", (double) map.size());
        return values;
    }

    private static Map<String, Double> read(Probe probe, Use use) throws Exception {
        long began = System.nanoTime();
        long cpu = ChangeCount.cpuNanos();
        long records = 0;
        try (var consumer = consumer(probe)) {
            var partition = assign(consumer, probe);
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (var one : consumer.poll(POLL)) {
                    use.take(one);
                    records++;
                }
            }
            return values(records, began, cpu);
        }
    }

    /** Follows a topic and throws every record away; the clock runs from the first to the last change. */
    static Map<String, Double> stream(Probe probe) throws Exception {
        int left = probe.number("changes");
        var count = new ChangeCount(left);
        try (var consumer = consumer(probe)) {
            assign(consumer, probe);
            probe.say(ProbeLine.READY, Map.of());
            probe.nextOrder();
            while (left > 0) {
                for (var one : consumer.poll(POLL)) {
                    // A deletion's tombstone is no change.
                    if (one.value() != null && left > 0) {
                        count.one();
                        left--;
                    }
                }
            }
        }
        return count.await();
    }

    /** Fills a global table of Kafka Streams, which keeps keys and values as bytes, in memory. */
    static Map<String, Double> globalTable(Probe probe) throws Exception {
        var folder = Files.createTempDirectory("lab-bench-streams-");
        var p = new Properties();
        p.setProperty(StreamsConfig.APPLICATION_ID_CONFIG, "lab-bench");
        p.setProperty(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, probe.argument("bootstrap"));
        p.setProperty(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        var builder = new StreamsBuilder();
        builder.globalTable(
                probe.argument("topic"),
                Consumed.with(Serdes.Bytes(), Serdes.ByteArray()),
                Materialized.<Bytes, byte[]>as(Stores.inMemoryKeyValueStore("rows"))
                        .withKeySerde(Serdes.Bytes())
                        .withValueSerde(Serdes.ByteArray()));
        var full = new CountDownLatch(1);
        long began = System.nanoTime();
        long cpu = ChangeCount.cpuNanos();
        try (var streams = new KafkaStreams(builder.build(), p)) {
            streams.setStateListener((state, before) -> {
                if (state == KafkaStreams.State.RUNNING) {
                    full.countDown();
                }
            });
            streams.start();
            if (!full.await(10, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the global table is not full: " + streams.state());
            }
            return values(probe.number("records"), began, cpu);
        } finally {
            Files.deleteIfExists(folder);
        }
    }

    private static Map<String, Double> values(long records, long began, long cpu) {
        var values = new TreeMap<String, Double>();
        values.put(Measurement.COUNT, (double) records);
        values.put(Measurement.SECONDS, (System.nanoTime() - began) / 1e9);
        values.put(Measurement.CPU_SECONDS, (ChangeCount.cpuNanos() - cpu) / 1e9);
        return values;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Probe probe) {
        return new KafkaConsumer<>(ConsumerSettings.alone(
                KafkaSettings.of(probe.argument("bootstrap"), probe.argument("topic")), "bench"));
    }

    private static TopicPartition assign(KafkaConsumer<?, ?> consumer, Probe probe) {
        var partition = new TopicPartition(probe.argument("topic"), 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        return partition;
    }
}
