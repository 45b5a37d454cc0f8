package localcdc.kafka;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import localcdc.core.event.Lsn;
import localcdc.core.source.ChangeHandler;
import org.apache.kafka.common.TopicPartition;

/**
 * Turns messages into promises. A message comes by a topic of its own, so when it is seen the records of earlier commits
 * may not be read yet. They are in their topics by then (see docs/reference/topics.md), so the message counts once
 * everything is applied that the partitions held after it was seen; those of topics that were made just before it, too,
 * which is why the broker is asked for its topics first. For one thread.
 */
final class Barriers implements Applier.Messages {

    private record Waiting(List<Applier.Message> messages, Map<TopicPartition, Long> ends) {}

    private final ChangeHandler handler;
    private final KafkaFacts facts;
    private final List<Applier.Message> fresh = new ArrayList<>();
    private final List<Applier.Message> asking = new ArrayList<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private long lookNeeded;

    Barriers(ChangeHandler handler, KafkaFacts facts) {
        this.handler = handler;
        this.facts = facts;
    }

    @Override
    public void message(Applier.Message message) {
        fresh.add(message);
        facts.heartbeat(message.commitMicros());
    }

    /**
     * Looks which messages' promises are fulfilled; while the map is being filled none is.
     *
     * @param watch asked for the broker's topics where a message has come by
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
            for (var message : waiting.removeFirst().messages) {
                if (message.lsn() != Lsn.NONE) {
                    handler.reached(message.lsn());
                }
                handler.marker(message.content());
            }
        }
    }
}
