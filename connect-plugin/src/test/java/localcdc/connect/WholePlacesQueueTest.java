package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.connector.base.QueueProvider;
import io.debezium.pipeline.DataChangeEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class WholePlacesQueueTest {

    private final WholePlacesQueue queue = new WholePlacesQueue();

    private static Map<String, Object> offset(long lsn, String of) {
        return new HashMap<>(Map.of("lsn", lsn, "of", of));
    }

    private Object passed(Map<String, Object> offset) {
        queue.enqueue(new DataChangeEvent(
                new SourceRecord(Map.of("server", "cdc"), offset, "topic", 3, null, "key", null, "value", 7L)));
        var record = queue.poll().getRecord();
        assertThat(record.topic() + record.kafkaPartition() + record.key() + record.value() + record.timestamp())
                .isEqualTo("topic3keyvalue7");
        return record.sourceOffset();
    }

    @Test
    void aPlaceCountsAsDoneWhenSomethingBehindItHasCome() {
        assertThat(passed(offset(10, "first"))).isEqualTo(offset(10, "first"));
        assertThat(passed(offset(20, "deletion"))).isEqualTo(offset(10, "first"));
        assertThat(passed(offset(20, "tombstone"))).isEqualTo(offset(10, "first"));
        assertThat(passed(offset(20, "row"))).isEqualTo(offset(10, "first"));
        assertThat(passed(offset(30, "heartbeat"))).isEqualTo(offset(20, "row"));
        assertThat(passed(offset(15, "an earlier place of a later commit"))).isEqualTo(offset(30, "heartbeat"));
    }

    @Test
    void leavesASnapshotAlone() {
        var read = offset(10, "read");
        read.put("snapshot", "INITIAL");

        assertThat(passed(read)).isEqualTo(read);
        assertThat(passed(new HashMap<>(Map.of("of", "a notification")))).isEqualTo(Map.of("of", "a notification"));
        assertThat(passed(offset(10, "the first streamed"))).isEqualTo(offset(10, "the first streamed"));
    }

    @Test
    void keepsTheOrderAndIsFoundByItsName() {
        queue.enqueue(new DataChangeEvent(new SourceRecord(Map.of(), offset(1, "a"), "one", null, null)));
        queue.enqueue(new DataChangeEvent(new SourceRecord(Map.of(), offset(2, "b"), "two", null, null)));

        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.poll().getRecord().topic()).isEqualTo("one");
        assertThat(queue.poll().getRecord().topic()).isEqualTo("two");
        assertThat(queue.poll()).isNull();
        assertThat(ServiceLoader.load(QueueProvider.class))
                .anyMatch(provider -> provider.name().equals(WholePlacesQueue.NAME));
    }
}
