package localcdc.core.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;

/**
 * The map as readers see it: behind the overlay of a transaction that is being put into it, and with a version that tells
 * several rows of one moment from halves. The writer changes it under its lock; any thread may ask.
 */
final class MapView {

    private static final int ATTEMPTS_AT_ONE_VERSION = 100;

    private final Supplier<Map<TableId, TableIndex>> tables;
    private final Lock writing;
    /** Says something while a transaction is put into the map; then another one comes. */
    private volatile Overlay overlay = Overlay.silent();
    /**
     * Odd while something changes for readers that is more than one assignment. Who reads the same even number before and
     * after has seen nothing change in between.
     */
    private volatile long version;

    /**
     * @param tables the tables as they are at the moment of each call
     * @param writing the writer's lock
     */
    MapView(Supplier<Map<TableId, TableIndex>> tables, Lock writing) {
        this.tables = tables;
        this.writing = writing;
    }

    /** The writer's side: what follows, up to {@link #changed}, is more than one assignment. */
    void changing() {
        version = version | 1;
    }

    /** The writer's side: what follows is another version. */
    void changed() {
        version = (version | 1) + 1;
    }

    /** The writer's side: from now on readers see what the overlay says. */
    void show(Overlay together) {
        overlay = together;
        changed();
    }

    /** The writer's side: all that the overlay says is in the map. */
    void settled() {
        overlay = Overlay.silent();
    }

    /** One row as it is now; null: there is none. */
    LatestState state(TableId id, PrimaryKey key) {
        while (true) {
            var together = overlay;
            var said = said(together, id, key);
            if (said != null) {
                return said.state();
            }
            var table = tables.get().get(id);
            var found = table == null ? null : table.map().get(key);
            if (overlay == together) {
                return found;
            }
            // A transaction was shown meanwhile: what was found may be half of it.
        }
    }

    private Overlay.Said said(Overlay together, TableId id, PrimaryKey key) {
        try {
            return together.said(id, key);
        } catch (Overlay.RetiredException e) {
            if (overlay == together) {
                throw e;
            }
            return null;
        }
    }

    /** Several rows as they are at one moment between two transactions, in the same order; null: there is no such row. */
    List<LatestState> states(List<RowId> rows) {
        for (int attempt = 0; attempt < ATTEMPTS_AT_ONE_VERSION; attempt++) {
            long before = version;
            if (before % 2 == 0) {
                var states = statesNow(rows);
                if (version == before) {
                    return states;
                }
            }
        }
        writing.lock();
        try {
            return statesNow(rows);
        } finally {
            writing.unlock();
        }
    }

    private List<LatestState> statesNow(List<RowId> rows) {
        var states = new ArrayList<LatestState>(rows.size());
        rows.forEach(row -> states.add(state(row.table(), row.key())));
        return states;
    }
}
