package localcdc.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import localcdc.stack.TestKafka;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A topic whose records a test writes itself, as the connector would for the table {@code shop.parcels(id int, state text)},
 * and what the map must hold after them. Close deletes it, and the control topic beside it.
 */
final class HandMadeTopic implements AutoCloseable {

    static final String TABLE = "shop.parcels";

    private final TestKafka kafka;
    private final String prefix;
    private KafkaProducer<byte[], byte[]> producer;
    private final Map<String, String> expected = new TreeMap<>();
    private final List<Future<?>> sent = new ArrayList<>();
    private long lsn = 1000;

    HandMadeTopic(TestKafka kafka, String prefix, int partitions, Map<String, String> settings) {
        this.kafka = kafka;
        this.prefix = prefix;
        kafka.createTopic(name(), partitions, settings);
        kafka.createTopic(prefix + ".control", 1, Map.of("cleanup.policy", "compact"));
        producer = open();
    }

    /**
     * One request at a time, as Connect's producers: with more, a topic's first records can be refused for ever, when the
     * partition comes to be between the first request and the second (KAFKA-15591).
     */
    private KafkaProducer<byte[], byte[]> open() {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "linger.ms",
                        "1",
                        "max.in.flight.requests.per.connection",
                        "1"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Writes with a client that knows the topic's partitions as they are now. */
    void reopen() {
        producer.close();
        producer = open();
    }

    String name() {
        return prefix + "." + TABLE;
    }

    /** What the map must hold. */
    Map<String, String> expected() {
        return new TreeMap<>(expected);
    }

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    static String key(long id) {
        return "{\"id\":" + id + "}";
    }

    private static String head(String op, long lsn) {
        long now = System.currentTimeMillis() * 1000;
        return "{\"localcdc\":1,\"op\":\"" + op + "\",\"ts_us\":" + now
                + ",\"source\":{\"schema\":\"shop\",\"table\":\"parcels\"," + "\"lsn\":" + lsn + ",\"txId\":" + lsn
                + ",\"ts_us\":" + now + "}";
    }

    HandMadeTopic put(long id, String state) {
        var row = "{\"id\":" + id + ",\"state\":\"" + state + "\"}";
        send(name(), null, key(id), head("u", ++lsn) + ",\"shape\":\"s1\",\"key\":[\"int4\"],\"after\":" + row + "}");
        expected.put(key(id), row);
        return this;
    }

    /** A row as a snapshot reads it that stands at this place in the log. */
    HandMadeTopic read(long id, long place) {
        var row = "{\"id\":" + id + ",\"state\":\"read\"}";
        send(name(), null, key(id), head("r", place) + ",\"shape\":\"s1\",\"key\":[\"int4\"],\"after\":" + row + "}");
        expected.put(key(id), row);
        return this;
    }

    /** The end of that snapshot: of the rows that were only read before, those stay that it read. */
    HandMadeTopic snapshotEnd(long place, long... gone) {
        send(
                prefix + ".control",
                null,
                "{\"snapshot\":\"" + prefix + "\"}",
                "{\"localcdc\":1,\"op\":\"s\",\"ts_us\":1,\"source\":{\"lsn\":" + place + "}}");
        for (long id : gone) {
            expected.remove(key(id));
        }
        return this;
    }

    HandMadeTopic delete(long id) {
        long place = ++lsn;
        send(name(), null, key(id), head("d", place) + ",\"shape\":\"s1\",\"key\":[\"int4\"]}");
        tombstone(id, place);
        expected.remove(key(id));
        return this;
    }

    /** What compaction leaves of a deletion. */
    HandMadeTopic tombstone(long id, long place) {
        var header = "{\"schema\":\"shop\",\"table\":\"parcels\",\"lsn\":" + place + ",\"key\":[\"int4\"]}";
        send(name(), null, key(id), null, new RecordHeader("localcdc", bytes(header)));
        return this;
    }

    HandMadeTopic truncate() {
        send(prefix + ".control", null, "{\"truncate\":\"" + TABLE + "\"}", head("t", ++lsn) + "}");
        expected.clear();
        return this;
    }

    /** A marker or heartbeat. */
    HandMadeTopic message(String content) {
        long now = System.currentTimeMillis() * 1000;
        send(
                prefix + ".control",
                null,
                "{\"message\":\"localcdc\"}",
                "{\"localcdc\":1,\"op\":\"m\",\"ts_us\":" + now + ",\"source\":{\"lsn\":" + ++lsn
                        + ",\"txId\":1,\"ts_us\":" + now + "},\"prefix\":\"localcdc\",\"content\":\"" + content
                        + "\"}");
        return this;
    }

    long lsn() {
        return lsn;
    }

    /** Writes anything at all. */
    HandMadeTopic raw(String key, String value) {
        send(name(), null, key, value);
        return this;
    }

    private void send(String topic, Integer partition, String key, String value, Header... headers) {
        var all = new ArrayList<>(List.of(headers));
        sent.add(producer.send(new ProducerRecord<>(topic, partition, bytes(key), bytes(value), all)));
    }

    /** Waits until the broker has everything. */
    HandMadeTopic flush() {
        producer.flush();
        for (var one : sent) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the broker refused a record", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        sent.clear();
        return this;
    }

    /** Deletes the topic and makes it again, empty. */
    void remake(int partitions) {
        flush();
        kafka.deleteTopics(name());
        kafka.createTopic(name(), partitions, Map.of());
        expected.clear();
    }

    @Override
    public void close() {
        producer.close();
        kafka.deleteTopics(prefix + ".");
    }
}
