package localcdc.core.index;

import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;

/**
 * What one transaction leaves: the state of each row that it wrote. While its changes are put into the map one by one,
 * readers look here first, so that they see all of them or none. The writer builds it before anybody sees it; afterwards
 * nothing in it changes, and any thread may ask.
 */
abstract class Overlay {

    /** It says nothing of any row. */
    static Overlay silent() {
        return new HeapOverlay();
    }

    /**
     * What it says of a row.
     *
     * @param state null: there is no such row
     */
    record Said(LatestState state) {}

    /**
     * What it says of a row; null: nothing.
     *
     * @throws RetiredException when everything in it is in the map by now
     */
    abstract Said said(TableId table, PrimaryKey key);

    /** The table is empty from here on. */
    abstract void truncate(ChangeEvent event);

    /** The event's row is this one from here on; null: there is none. A row that moved has left its earlier key. */
    abstract void put(ChangeEvent event, LatestState after);

    /** The event is a replay, which changes nothing. */
    abstract void replay(ChangeEvent event);

    /** Adds a change, the next in the transaction's order. */
    final void add(TableIndex table, ChangeEvent event) {
        boolean truncate = event.operation() == Operation.TRUNCATE;
        if (truncate ? ChangeRules.isOldTruncate(table, event) : ChangeRules.wasTruncated(table, event)) {
            replay(event);
        } else if (truncate) {
            truncate(event);
        } else {
            change(table, event);
        }
    }

    private void change(TableIndex table, ChangeEvent event) {
        var moved = ChangeRules.isMove(event) ? now(table, event.previousKey()) : null;
        var before = now(table, event.key());
        if (ChangeRules.isReplayed(table, event, before, moved != null)) {
            replay(event);
            return;
        }
        LatestState after = null;
        if (event.operation() != Operation.DELETE) {
            var row = ChangeRules.rowAfter(event, moved != null ? moved : before);
            after = new LatestState(row, event.lsn(), event.position());
        }
        put(event, after);
    }

    private LatestState now(TableIndex table, PrimaryKey key) {
        var said = said(table.table(), key);
        return said != null ? said.state() : table.map().get(key);
    }

    /** Whoever asks an overlay that is no longer in front of the map asks again. */
    static final class RetiredException extends RuntimeException {
        private static final long serialVersionUID = 1;

        RetiredException(Throwable cause) {
            super(cause);
        }
    }
}
