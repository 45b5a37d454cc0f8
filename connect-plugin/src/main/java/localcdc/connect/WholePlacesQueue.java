package localcdc.connect;

import io.debezium.connector.base.QueueProvider;
import io.debezium.pipeline.DataChangeEvent;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * The queue between Debezium's reader of the log and Connect, which sees to it that an interrupted task begins again with all
 * records of a place in the log or with none of them.
 *
 * <p>Several records can have one place: a key's change is a deletion, its tombstone and a new row; a COPY writes many rows at
 * once. Debezium gives each the place as its offset, and when it starts again it skips what lies at or before the offset that
 * Connect has kept. Where Connect ended between two of them, the later ones would be lost (dbz#1554). So each record carries
 * the offset of the last record of the place before; the place itself counts as done when something behind it has come, a
 * heartbeat at the latest. The first place after a start keeps its own offset, as there is none before. Readers meet
 * records again after a restart, which they ignore.
 *
 * <p>Debezium finds this class by {@link java.util.ServiceLoader} and the name in {@code queue.provider.type}. It calls {@link
 * #enqueue} and {@link #poll} under a lock of its own.
 */
public final class WholePlacesQueue implements QueueProvider<DataChangeEvent> {

    /** What {@code queue.provider.type} calls this class. */
    static final String NAME = "localcdc-whole-places";

    private static final String LSN = "lsn";
    /** A member of a snapshot's offsets, which are left alone. */
    private static final String SNAPSHOT = "snapshot";

    private final ArrayDeque<DataChangeEvent> waiting = new ArrayDeque<>();
    private Object place;
    private Map<String, ?> latest;
    private Map<String, ?> before;

    /** For Debezium, which makes it by reflection. */
    public WholePlacesQueue() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void configure(Map<String, ?> properties) {
        // There is nothing to choose.
    }

    @Override
    public void enqueue(DataChangeEvent event) {
        waiting.add(held(event));
    }

    private DataChangeEvent held(DataChangeEvent event) {
        var offset = event.getRecord().sourceOffset();
        if (offset == null || offset.get(LSN) == null || offset.containsKey(SNAPSHOT)) {
            return event;
        }
        if (!Objects.equals(offset.get(LSN), place)) {
            place = offset.get(LSN);
            before = latest;
        }
        latest = offset;
        return before == null ? event : new DataChangeEvent(at(event.getRecord(), before));
    }

    private static SourceRecord at(SourceRecord received, Map<String, ?> offset) {
        return new SourceRecord(
                received.sourcePartition(),
                offset,
                received.topic(),
                received.kafkaPartition(),
                received.keySchema(),
                received.key(),
                received.valueSchema(),
                received.value(),
                received.timestamp(),
                received.headers());
    }

    @Override
    public DataChangeEvent poll() {
        return waiting.poll();
    }

    @Override
    public int size() {
        return waiting.size();
    }
}
