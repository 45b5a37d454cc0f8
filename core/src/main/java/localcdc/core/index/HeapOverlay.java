package localcdc.core.index;

import java.util.HashMap;
import java.util.Map;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;

/** What a transaction leaves, in memory. */
final class HeapOverlay extends Overlay {

    private static final class Part {
        final Map<PrimaryKey, LatestState> states = new HashMap<>();
        boolean emptied;
    }

    private final Map<TableId, Part> parts = new HashMap<>();

    private Part part(ChangeEvent event) {
        return parts.computeIfAbsent(event.table(), id -> new Part());
    }

    @Override
    Said said(TableId table, PrimaryKey key) {
        var part = parts.get(table);
        if (part == null) {
            return null;
        }
        var state = part.states.get(key);
        return state != null || part.emptied || part.states.containsKey(key) ? new Said(state) : null;
    }

    @Override
    void replay(ChangeEvent event) {
        // It says nothing of its row.
    }

    @Override
    void truncate(ChangeEvent event) {
        var part = part(event);
        part.emptied = true;
        part.states.clear();
    }

    @Override
    void put(ChangeEvent event, LatestState after) {
        var states = part(event).states;
        if (ChangeRules.isMove(event)) {
            states.put(event.previousKey(), null);
        }
        states.put(event.key(), after);
    }
}
