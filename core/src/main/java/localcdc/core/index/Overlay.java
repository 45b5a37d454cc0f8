package localcdc.core.index;

import java.util.HashMap;
import java.util.Map;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;

/**
 * What one transaction leaves: the state of each row that it wrote. While its changes are put into the map one by one,
 * readers look here first, so that they see all of them or none. The writer builds it before anybody sees it; afterwards
 * nothing in it changes.
 */
final class Overlay {

    /** One table's rows. */
    static final class Part {
        private final Map<PrimaryKey, LatestState> states = new HashMap<>();
        private boolean emptied;

        /** Whether this says what the row is, be it that there is none. */
        boolean decides(PrimaryKey key) {
            return emptied || states.containsKey(key);
        }

        /** The row, where this decides it; null: there is none. */
        LatestState state(PrimaryKey key) {
            return states.get(key);
        }
    }

    private final Map<TableId, Part> parts = new HashMap<>();

    /** What it says of a table; null: nothing. */
    Part part(TableId table) {
        return parts.get(table);
    }

    /** Adds a change, the next in the transaction's order. */
    void add(TableIndex table, ChangeEvent event) {
        var part = parts.computeIfAbsent(table.table(), id -> new Part());
        if (event.operation() == Operation.TRUNCATE) {
            if (!ChangeRules.isOldTruncate(table, event)) {
                part.emptied = true;
                part.states.clear();
            }
        } else if (!ChangeRules.wasTruncated(table, event)) {
            change(table, part, event);
        }
    }

    private static void change(TableIndex table, Part part, ChangeEvent event) {
        LatestState moved = null;
        if (ChangeRules.isMove(event)) {
            moved = now(table, part, event.previousKey());
            if (moved != null && !moved.isAtOrAfter(event)) {
                part.states.put(event.previousKey(), null);
            }
        }
        var before = now(table, part, event.key());
        if (ChangeRules.isReplayed(table, event, before, moved != null)) {
            return;
        }
        LatestState after = null;
        if (event.operation() != Operation.DELETE) {
            var row = ChangeRules.rowAfter(event, moved != null ? moved : before);
            after = new LatestState(row, event.lsn(), event.position());
        }
        part.states.put(event.key(), after);
    }

    private static LatestState now(TableIndex table, Part part, PrimaryKey key) {
        return part.decides(key) ? part.state(key) : table.map().get(key);
    }
}
