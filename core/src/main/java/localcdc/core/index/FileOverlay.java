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

    private boolean isOf(long place, TableId table, PrimaryKey key) {
        var event = changes.read(place);
        return event.table().equals(table) && (key.equals(event.key()) || key.equals(event.previousKey()));
    }

    @Override
    Said said(TableId table, PrimaryKey key) {
        Long from = valid.get(table);
        if (from == null) {
            return null;
        }
        long place = places.find(hash(table, key), found -> isOf(found, table, key));
        if (place < from) {
            return from > 0 ? new Said(null) : null;
        }
        var event = changes.read(place);
        boolean there = key.equals(event.key()) && event.operation() != Operation.DELETE;
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
        put(place, event.table(), event.key());
        if (ChangeRules.isMove(event)) {
            put(place, event.table(), event.previousKey());
        }
    }

    private void put(long place, TableId table, PrimaryKey key) {
        places.put(hash(table, key), place, found -> isOf(found, table, key));
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
