package localcdc.core.index;

import java.util.ArrayList;
import java.util.List;
import localcdc.core.event.ChangeEvent;

/**
 * Changes that belong together: readers see none of them before {@link #commit}, and all of them afterwards. The map's
 * writing thread collects and commits; one that is closed without a commit leaves no trace.
 *
 * <p>A large one waits in a temporary file, so that it needs no more memory than the rows it leaves, however large it is.
 */
public final class Transaction implements AutoCloseable {

    private static final long MOST_BYTES_IN_MEMORY =
            Math.min(32L << 20, Runtime.getRuntime().maxMemory() / 16);
    /** What a change takes beside its values: itself, its key, and where it is seen from. */
    private static final int BYTES_A_CHANGE = 250;

    private final HashMapIndexer indexer;
    private final long mostBytes;
    private final List<ChangeEvent> changes = new ArrayList<>();
    private long bytes;
    /** Null for a change of one row, which is seen at once anyway. */
    private Overlay overlay;
    /** The same, where it is too large for memory. */
    private FileOverlay file;

    Transaction(HashMapIndexer indexer) {
        this(indexer, MOST_BYTES_IN_MEMORY);
    }

    Transaction(HashMapIndexer indexer, long mostBytes) {
        this.indexer = indexer;
        this.mostBytes = mostBytes;
    }

    /** Adds a change, the next in the transaction's order. */
    public void add(ChangeEvent event) {
        if (file != null) {
            show(event);
            return;
        }
        changes.add(event);
        bytes += BYTES_A_CHANGE + (event.row() == null ? 0 : event.row().packed().length);
        if (bytes > mostBytes) {
            file = new FileOverlay(event.position());
            overlay = file;
            changes.forEach(this::show);
            changes.clear();
        } else if (overlay != null) {
            show(event);
        } else if (changes.size() > 1 || ChangeRules.isMove(event)) {
            overlay = new HeapOverlay();
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
     * Shows the changes to readers, all at once, and puts them into the map.
     *
     * @param shown called when readers see them
     * @param meanwhile called now and then while they are put into the map
     * @return how many of them changed the map
     */
    public int commit(Runnable shown, Runnable meanwhile) {
        try (this) {
            if (file != null) {
                file.publish();
                return indexer.apply(file.changes(), file, shown, meanwhile);
            }
            return indexer.apply(changes, overlay, shown, meanwhile);
        }
    }

    /** Takes its file away, where it has one. */
    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
