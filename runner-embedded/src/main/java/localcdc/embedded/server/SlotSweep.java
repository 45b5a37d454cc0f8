package localcdc.embedded.server;

import java.util.List;

/**
 * What killed runs had left on the server, and what became of it.
 *
 * @param droppedSlots slots that are gone now; their {@code retainedBytes} are free again at the next checkpoint
 * @param droppedPublications publications that are gone now
 * @param notDropped what stays, each with the reason
 */
public record SlotSweep(List<ReplicationSlot> droppedSlots, List<String> droppedPublications, List<String> notDropped) {

    public SlotSweep {
        droppedSlots = List.copyOf(droppedSlots);
        droppedPublications = List.copyOf(droppedPublications);
        notDropped = List.copyOf(notDropped);
    }

    public boolean isEmpty() {
        return droppedSlots.isEmpty() && droppedPublications.isEmpty() && notDropped.isEmpty();
    }
}
