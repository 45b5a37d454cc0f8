package localcdc.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the last few records of a topic, in no group, and no more than so many bytes and so long. For one thread; the caller
 * closes it.
 */
final class Glance implements AutoCloseable {

    private static final Duration QUESTION = Duration.ofSeconds(10);
    private static final Duration READING = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSING = Duration.ofSeconds(1);
    private static final long MOST_BYTES = 16 << 20;
    private static final int MOST_RECORDS = 1000;

    private final Deadline deadline;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /**
     * What a topic's end holds.
     *
     * @param records the latest, each partition's in order
     * @param inAll offsets between the partitions' begins and ends; what compaction has taken away counts
     * @param removed offsets before the begins: records that retention or an administrator has removed
     */
    record Seen(List<ConsumerRecord<byte[], byte[]>> records, long inAll, long removed) {}

    Glance(KafkaSettings settings, Deadline deadline) {
        this.deadline = deadline;
        this.consumer = new KafkaConsumer<>(ConsumerSettings.glance(settings));
    }

    /**
     * Looks at a topic.
     *
     * @param back how many of each partition's last records are wanted
     * @throws KafkaException when the broker refuses, or does not answer in time
     */
    Seen at(String topic, int partitions, int back) {
        var all = new ArrayList<TopicPartition>();
        for (int i = 0; i < partitions; i++) {
            all.add(new TopicPartition(topic, i));
        }
        consumer.assign(all);
        var begins = consumer.beginningOffsets(all, deadline.left(QUESTION));
        var ends = consumer.endOffsets(all, deadline.left(QUESTION));
        var starts = new HashMap<TopicPartition, Long>();
        all.forEach(one -> starts.put(one, Math.max(begins.get(one), ends.get(one) - back)));
        var records = read(starts, ends);
        if (records.isEmpty() && !begins.equals(ends) && !starts.equals(begins)) {
            // Compaction and transactions leave gaps, also at the end.
            records = read(begins, ends);
        }
        long inAll =
                all.stream().mapToLong(one -> ends.get(one) - begins.get(one)).sum();
        return new Seen(
                records,
                inAll,
                begins.values().stream().mapToLong(Long::longValue).sum());
    }

    private List<ConsumerRecord<byte[], byte[]>> read(
            Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
        var reading = Deadline.in(deadline.left(READING));
        starts.forEach(consumer::seek);
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        long bytes = 0;
        while (!hasReached(ends) && !reading.isOver() && bytes < MOST_BYTES && records.size() < MOST_RECORDS) {
            for (var one : consumer.poll(reading.left(POLL))) {
                records.add(one);
                bytes += Math.max(0, one.serializedKeySize()) + Math.max(0, one.serializedValueSize());
            }
        }
        return records;
    }

    private boolean hasReached(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey(), deadline.left(QUESTION)) >= end.getValue());
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSING));
    }
}
