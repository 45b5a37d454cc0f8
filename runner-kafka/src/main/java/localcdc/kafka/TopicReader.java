package localcdc.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import localcdc.core.decode.RecordDecoder;
import localcdc.core.event.TableId;
import localcdc.core.source.ChangeHandler;
import localcdc.core.source.SourceException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads partitions from their beginning, whoever assigned them: this process alone, or a group. Each reading is a {@link
 * Stream}; when one ends, the entries that came by it leave the map. All but {@link #streams}, {@link
 * #topics} and {@link #metrics} is for one thread.
 */
final class TopicReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final Comparator<Stream> BY_PARTITION = Comparator.comparing(
                    (Stream stream) -> stream.partition().topic())
            .thenComparing(stream -> stream.partition().partition());

    private final Consumer<byte[], byte[]> consumer;
    private final boolean rows;
    private final Applier applier;
    private final ChangeHandler handler;
    private final KafkaSettings settings;
    private final Function<String, TableId> tableOfTopic;
    /**
     * What it is to read. The consumer's own answer is another one while a group's partitions move: its thread gives them
     * away a while after it has told so.
     */
    private final Set<TopicPartition> owned = new HashSet<>();

    private final Map<TopicPartition, Stream> streams = new ConcurrentHashMap<>();
    private boolean everAssigned;
    private boolean closing;

    /**
     * @param consumer closed with this reader
     * @param rows whether the partitions carry rows; else only truncates and messages
     * @param tableOfTopic the table that a topic is named after
     */
    TopicReader(
            Consumer<byte[], byte[]> consumer,
            boolean rows,
            Applier applier,
            ChangeHandler handler,
            KafkaSettings settings,
            Function<String, TableId> tableOfTopic) {
        this.consumer = consumer;
        this.rows = rows;
        this.applier = applier;
        this.handler = handler;
        this.settings = settings;
        this.tableOfTopic = tableOfTopic;
    }

    /** Reads exactly these partitions from now on: new ones from their beginning. */
    void assign(Set<TopicPartition> wanted) {
        var gone = new HashSet<>(streams.keySet());
        gone.removeAll(wanted);
        if (!(gone.isEmpty() && streams.keySet().containsAll(wanted))) {
            consumer.assign(wanted);
            owned.clear();
            owned.addAll(wanted);
            end(gone);
            beginWhatIsOwned();
        }
        everAssigned = true;
    }

    /** Shares these topics with the other members of the group from now on. */
    void subscribe(Collection<String> topics) {
        consumer.subscribe(topics, new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                LOG.info("Group {} gives us {}", settings.group(), partitions);
                owned.addAll(partitions);
                beginWhatIsOwned();
                everAssigned = true;
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                LOG.info("Group {} takes back {}", settings.group(), partitions);
                leave(partitions);
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                LOG.warn("Group {} has given to others {}", settings.group(), partitions);
                leave(partitions);
            }
        });
    }

    private void leave(Collection<TopicPartition> partitions) {
        if (!closing) {
            owned.removeAll(partitions);
            end(partitions);
        }
    }

    /** Reads nothing any more: what it has filled leaves the map. */
    void forget() {
        owned.clear();
        end(List.copyOf(streams.keySet()));
    }

    /** Begins to read partitions from their beginning; what is there now is what the map has to catch up with. */
    private void beginWhatIsOwned() {
        var partitions = new HashSet<>(owned);
        partitions.removeAll(streams.keySet());
        if (partitions.isEmpty()) {
            return;
        }
        var begins = consumer.beginningOffsets(partitions, ConsumerSettings.PATIENCE);
        var ends = consumer.endOffsets(partitions, ConsumerSettings.PATIENCE);
        for (var partition : partitions) {
            int number = NUMBERS.incrementAndGet();
            var decoder = new RecordDecoder(
                    rows ? tableOfTopic.apply(partition.topic()) : null, number, settings.columnsLeftOut());
            boolean only = consumer.partitionsFor(partition.topic()).size() == 1;
            long begin = begins.get(partition);
            streams.put(partition, new Stream(partition, number, decoder, only, begin, ends.get(partition)));
            consumer.seek(partition, begin);
        }
    }

    private void end(Collection<TopicPartition> partitions) {
        var numbers = new HashSet<Integer>();
        for (var partition : partitions) {
            var stream = streams.remove(partition);
            if (stream != null) {
                numbers.add(stream.number());
            }
        }
        if (rows && !numbers.isEmpty()) {
            long gone = handler.forget(numbers::contains);
            LOG.info("{} entries of {} left the map", gone, partitions);
        }
    }

    /** Reads partitions anew, for the reason given: what they had filled leaves the map first. */
    void restart(Collection<TopicPartition> partitions, String why) {
        LOG.warn("Reading {} again from the beginning: {}", partitions, why);
        var held = new HashSet<>(partitions);
        held.retainAll(owned);
        end(held);
        if (!rows) {
            applier.forgetControl();
        }
        beginWhatIsOwned();
    }

    /**
     * Reads what is there, waiting for it at most so long, and applies it.
     *
     * @return how many records came
     */
    int poll(Duration patience) throws SourceException {
        if (isIdle()) {
            return 0;
        }
        // Some may be left that could not be begun, since the broker did not answer.
        beginWhatIsOwned();
        var records = consumer.poll(patience);
        for (var partition : records.partitions()) {
            var stream = streams.get(partition);
            if (stream == null) {
                continue;
            }
            for (var one : records.records(partition)) {
                applier.apply(one, stream, rows);
            }
        }
        for (var stream : streams.values()) {
            // Not the last record's offset: compaction and transaction markers leave gaps behind it.
            stream.position(consumer.position(stream.partition()));
        }
        return records.count();
    }

    /** Whether it reads nothing at all, so that waiting for records means nothing. */
    boolean isIdle() {
        return owned.isEmpty() && consumer.subscription().isEmpty();
    }

    /** Whether it has not yet been told what to read, or is behind what was there when it began. */
    boolean isBehind() {
        return !everAssigned
                || !streams.keySet().containsAll(owned)
                || streams.values().stream().anyMatch(Stream::isBehind);
    }

    /** After an interruption: it has caught up only with what is there now. */
    void retarget() {
        endOffsets().forEach((partition, end) -> {
            var stream = streams.get(partition);
            if (stream != null && end > stream.target()) {
                stream.target(end);
            }
        });
    }

    /** Where the partitions end now. */
    Map<TopicPartition, Long> endOffsets() {
        return streams.isEmpty()
                ? Map.of()
                : new HashMap<>(consumer.endOffsets(streams.keySet(), ConsumerSettings.PATIENCE));
    }

    /** Whether everything before these offsets is applied, of the partitions that are still read. */
    boolean hasReached(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> {
            var stream = streams.get(end.getKey());
            return stream == null || stream.position() >= end.getValue();
        });
    }

    /** The readings under way, by topic and partition. Any thread may ask. */
    List<Stream> streams() {
        return streams.values().stream().sorted(BY_PARTITION).toList();
    }

    /** The topics that it reads. Any thread may ask. */
    Set<String> topics() {
        var topics = new HashSet<String>();
        streams.keySet().forEach(partition -> topics.add(partition.topic()));
        return topics;
    }

    /** The consumer's own metrics. Any thread may ask: the consumer keeps them in a concurrent map, and answers without its lock. */
    Map<MetricName, ? extends Metric> metrics() {
        return consumer.metrics();
    }

    /** The map keeps what it holds: the last report shows it. */
    @Override
    public void close() {
        closing = true;
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(5)));
    }
}
