package localcdc.core.index;

import java.util.ArrayList;
import java.util.List;
import localcdc.core.event.ChangeEvent;

/**
 * Changes that belong together: readers see none of them before {@link #commit}, and all of them afterwards. The map's
 * writing thread collects and commits; one that is not committed leaves no trace.
 */
public final class Transaction {

    private final HashMapIndexer indexer;
    private final List<ChangeEvent> changes = new ArrayList<>();
    /** Null for a change of one row, which is seen at once anyway. */
    private Overlay overlay;

    Transaction(HashMapIndexer indexer) {
        this.indexer = indexer;
    }

    /** Adds a change, the next in the transaction's order. */
    public void add(ChangeEvent event) {
        changes.add(event);
        if (overlay != null) {
            show(event);
        } else if (changes.size() > 1 || ChangeRules.isMove(event)) {
            overlay = new Overlay();
            changes.forEach(this::show);
        }
    }

    private void show(ChangeEvent event) {
        var table = indexer.tables().get(event.table());
        if (table != null) {
            overlay.add(table, event);
        }
    }

    /**
     * Applies the changes.
     *
     * @return how many of them changed the map
     */
    public int commit() {
        return indexer.apply(changes, overlay);
    }
}
