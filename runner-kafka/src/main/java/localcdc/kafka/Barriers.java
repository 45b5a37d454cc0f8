package localcdc.kafka;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import localcdc.core.event.Lsn;
import localcdc.core.source.ChangeHandler;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns messages, and the ends of snapshots, into promises. They come by a topic of their own, so when one is seen the
 * records of earlier commits may not be read yet. They are in their topics by then (see docs/reference/topics.md), so it
 * counts once everything is applied that the partitions held after it was seen; those of topics that were made just before
 * it, too, which is why the broker is asked for its topics first. For one thread.
 */
final class Barriers implements Applier.Messages {

    private static final Logger LOG = LoggerFactory.getLogger(Barriers.class);

    /** What is to be done once everything before it is applied. */
    private interface Promise {
        void keep(ChangeHandler handler);
    }

    private record Waiting(List<Promise> promises, Map<TopicPartition, Long> ends) {}

    private final ChangeHandler handler;
    private final KafkaFacts facts;
    private final List<Promise> fresh = new ArrayList<>();
    private final List<Promise> asking = new ArrayList<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private long lookNeeded;
    private int snapshotEnds;

    Barriers(ChangeHandler handler, KafkaFacts facts) {
        this.handler = handler;
        this.facts = facts;
    }

    @Override
    public void message(Applier.Message message) {
        facts.heartbeat(message.commitMicros());
        fresh.add(to -> {
            if (message.lsn() != Lsn.NONE) {
                to.reached(message.lsn());
            }
            to.marker(message.content());
        });
    }

    @Override
    public void snapshotEnd(long lsn) {
        snapshotEnds++;
        fresh.add(to -> {
            snapshotEnds--;
            long gone = to.snapshotEnded(lsn);
            if (gone > 0) {
                LOG.info("{} rows of an interrupted snapshot were gone when it was taken again", gone);
            }
        });
    }

    @Override
    public void forget() {
        fresh.clear();
        asking.clear();
        waiting.clear();
        snapshotEnds = 0;
    }

    /** Whether a snapshot's end has come by that does not count yet: rows may be in the map that are not in their table. */
    boolean holdsSnapshotEnd() {
        return snapshotEnds > 0;
    }

    /**
     * Looks which promises are fulfilled; while the map is being filled none is.
     *
     * @param watch asked for the broker's topics where something has come by
     * @param followed the number of the latest look whose topics are read
     */
    void look(TopicReader data, boolean filling, TopicWatch watch, long followed) {
        if (!fresh.isEmpty() && asking.isEmpty()) {
            asking.addAll(fresh);
            fresh.clear();
            lookNeeded = watch.ask();
        }
        if (filling) {
            return;
        }
        if (!asking.isEmpty() && followed >= lookNeeded) {
            waiting.addLast(new Waiting(List.copyOf(asking), data.endOffsets()));
            asking.clear();
        }
        while (!waiting.isEmpty() && data.hasReached(waiting.getFirst().ends)) {
            for (var promise : waiting.removeFirst().promises) {
                promise.keep(handler);
            }
        }
    }
}
