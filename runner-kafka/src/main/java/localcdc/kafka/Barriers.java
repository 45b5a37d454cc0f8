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
 * everything is applied that the partitions held after it was seen. For one thread.
 */
final class Barriers implements Applier.Messages {

    private record Waiting(List<Applier.Message> messages, Map<TopicPartition, Long> ends) {}

    private final ChangeHandler handler;
    private final KafkaFacts facts;
    private final List<Applier.Message> fresh = new ArrayList<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    Barriers(ChangeHandler handler, KafkaFacts facts) {
        this.handler = handler;
        this.facts = facts;
    }

    @Override
    public void message(Applier.Message message) {
        fresh.add(message);
        facts.heartbeat(message.commitMicros());
    }

    /** Looks which messages' promises are fulfilled; while the map is being filled none is. */
    void look(TopicReader data, boolean filling) {
        if (filling) {
            return;
        }
        if (!fresh.isEmpty()) {
            waiting.addLast(new Waiting(List.copyOf(fresh), data.endOffsets()));
            fresh.clear();
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
