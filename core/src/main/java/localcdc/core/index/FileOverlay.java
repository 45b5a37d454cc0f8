package localcdc.core.index;

import java.io.Closeable;
import java.util.HashMap;
import java.util.Map;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;

/**
 * What a transaction leaves that is too large for memory: its changes are in a file, and so is where each key's last one
 * stands. It takes next to no heap, however large the transaction is.
 */
final class FileOverlay extends Overlay implements Closeable {

    private final ChangeFile changes;
    private final KeyPlaces places = new KeyPlaces();
    /** By table: changes before this place were wiped out by a truncate; 0: there was none. */
    private final Map<TableId, Long> valid = new HashMap<>();

    FileOverlay(SourcePosition position) {
        changes = new ChangeFile(position);
    }

    /** The changes, in their order. */
    Iterable<ChangeEvent> changes() {
        return changes;
    }

    /** From now on other threads may ask. */
    void publish() {
        changes.flush();
    }

    private static int hash(TableId table, PrimaryKey key) {
        return table.hashCode() * 31 + key.hashCode();
    }

    /** A change is found by its key, and one that moves a row also by the key that the row has left: the lowest bit says which. */
    private boolean isOf(long found, TableId table, PrimaryKey key) {
        var event = changes.read(found >> 1);
        return event.table().equals(table) && key.equals(isLeft(found) ? event.previousKey() : event.key());
    }

    private static boolean isLeft(long found) {
        return (found & 1) == 1;
    }

    @Override
    Said said(TableId table, PrimaryKey key) {
        Long from = valid.get(table);
        if (from == null) {
            return null;
        }
        long found = places.find(hash(table, key), candidate -> isOf(candidate, table, key));
        if (found >> 1 < from) {
            return from > 0 ? new Said(null) : null;
        }
        var event = changes.read(found >> 1);
        boolean there = !isLeft(found) && event.operation() != Operation.DELETE;
        return new Said(there ? new LatestState(event.row(), event.lsn(), event.position()) : null);
    }

    @Override
    void replay(ChangeEvent event) {
        // It will be counted with the others.
        changes.append(event);
    }

    @Override
    void truncate(ChangeEvent event) {
        changes.append(event);
        valid.put(event.table(), changes.end());
    }

    @Override
    void put(ChangeEvent event, LatestState after) {
        valid.putIfAbsent(event.table(), 0L);
        long place = changes.append(after == null ? event : withRow(event, after));
        if (ChangeRules.isMove(event)) {
            put(place << 1 | 1, event.table(), event.previousKey());
        }
        put(place << 1, event.table(), event.key());
    }

    private void put(long found, TableId table, PrimaryKey key) {
        places.put(hash(table, key), found, candidate -> isOf(candidate, table, key));
    }

    /** The change with all values that the log did not carry: what the row was may be gone when it is read again. */
    private static ChangeEvent withRow(ChangeEvent event, LatestState after) {
        return new ChangeEvent(
                event.operation(),
                event.table(),
                event.key(),
                after.row(),
                event.previousKey(),
                event.lsn(),
                event.position());
    }

    @Override
    public void close() {
        changes.close();
    }
}
