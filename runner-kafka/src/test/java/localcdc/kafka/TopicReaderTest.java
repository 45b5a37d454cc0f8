package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import localcdc.common.TestSource;
import localcdc.core.event.TableId;
import localcdc.core.index.HashMapIndexer;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which partitions are read while a group moves them. */
class TopicReaderTest {

    private static final TopicPartition FIRST = new TopicPartition("cdc.shop.parcels", 0);
    private static final TopicPartition SECOND = new TopicPartition("cdc.shop.parcels", 1);

    private final LateConsumer consumer = new LateConsumer();
    private TopicReader reader;

    /** Shows partitions as its own that it has been told are not, as a member of a group does for a while. */
    private static final class LateConsumer extends MockConsumer<byte[], byte[]> {
        private final Set<TopicPartition> still = new HashSet<>();
        private boolean silent;

        LateConsumer() {
            super("none");
        }

        @Override
        public synchronized Set<TopicPartition> assignment() {
            var all = new HashSet<>(super.assignment());
            all.addAll(still);
            return all;
        }

        @Override
        public synchronized Map<TopicPartition, Long> beginningOffsets(
                Collection<TopicPartition> partitions, Duration timeout) {
            if (silent) {
                throw new TimeoutException("nobody answers");
            }
            return super.beginningOffsets(partitions, timeout);
        }
    }

    @BeforeEach
    void open() throws SourceException {
        var settings = KafkaSettings.of("127.0.0.1:1", FIRST.topic()).inGroup("g");
        var source = new TestSource();
        new Pipeline("kafka", source, new HashMapIndexer()).start();
        var tables = new KnownTables();
        var barriers = new Barriers(source.handler(), new KafkaFacts(settings, tables));
        var applier = new Applier(settings, source.handler(), tables, new BadRecords(), barriers);
        reader = new TopicReader(
                consumer, true, applier, source.handler(), settings, topic -> TableId.parse("shop.parcels"));
        consumer.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
        consumer.updateEndOffsets(Map.of(FIRST, 0L, SECOND, 0L));
        reader.subscribe(List.of(FIRST.topic()));
    }

    private List<TopicPartition> read() {
        return reader.streams().stream().map(Stream::partition).toList();
    }

    @Test
    void leavesAPartitionAloneThatTheGroupHasTakenBack() throws SourceException {
        consumer.rebalance(List.of(FIRST, SECOND));
        assertThat(read()).containsExactly(FIRST, SECOND);

        consumer.rebalance(List.of(FIRST));
        consumer.still.add(SECOND);
        reader.poll(Duration.ZERO);

        assertThat(read()).containsExactly(FIRST);
    }

    @Test
    void beginsLaterWhatCouldNotBeBegun() throws SourceException {
        consumer.silent = true;
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> consumer.rebalance(List.of(FIRST)));
        assertThat(read()).isEmpty();

        consumer.silent = false;
        reader.poll(Duration.ZERO);

        assertThat(read()).containsExactly(FIRST);
    }
}
