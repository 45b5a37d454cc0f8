package localcdc.core.index;

import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.Row;
import localcdc.core.event.RowShape;
import localcdc.core.event.RowWriter;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;

/** Short words for events of one small table, {@code shop.parcels(id, state, note)}. */
final class Events {

    static final TableId PARCELS = new TableId("shop", "parcels");
    static final RowShape SHAPE = new RowShape(PARCELS, java.util.List.of("id", "state", "note"), 0);
    static final String UNAVAILABLE = "unavailable";

    private Events() {}

    static ChangeEvent create(long id, String state, long lsn) {
        return event(Operation.CREATE, id, state, "\"\"", lsn, lsn);
    }

    static ChangeEvent update(long id, String state, long lsn) {
        return event(Operation.UPDATE, id, state, "\"\"", lsn, lsn);
    }

    static ChangeEvent event(Operation operation, long id, String state, String note, long lsn, long txId) {
        return ChangeEvent.of(operation, PrimaryKey.of(id), row(id, state, note), lsn, transaction(txId));
    }

    static ChangeEvent read(long id, long lsn) {
        return ChangeEvent.of(
                Operation.READ, PrimaryKey.of(id), row(id, "read", "\"\""), lsn, SourcePosition.ofSnapshot(lsn));
    }

    static ChangeEvent delete(long id, long lsn) {
        var row = new RowWriter().begin();
        row.add(Long.toString(id));
        return ChangeEvent.of(Operation.DELETE, PrimaryKey.of(id), row.row(SHAPE.keyOnly()), lsn, transaction(lsn));
    }

    static ChangeEvent rekey(long from, long to, String state, String note, long lsn) {
        return new ChangeEvent(
                Operation.CREATE,
                PARCELS,
                PrimaryKey.of(to),
                row(to, state, note),
                PrimaryKey.of(from),
                lsn,
                transaction(lsn));
    }

    static ChangeEvent truncate(long lsn) {
        return ChangeEvent.truncate(PARCELS, lsn, transaction(lsn));
    }

    static SourcePosition transaction(long txId) {
        return SourcePosition.ofTransaction(txId, 1_000_000 + txId);
    }

    static Row row(long id, String state, String note) {
        var writer = new RowWriter().begin();
        writer.add(Long.toString(id));
        for (String value : new String[] {state, note}) {
            if (value == null) {
                writer.addNull();
            } else if (value.equals(UNAVAILABLE)) {
                writer.addUnavailable();
            } else {
                writer.add(value.startsWith("\"") ? value : '"' + value + '"');
            }
        }
        return writer.row(SHAPE);
    }

    /** An index that holds the parcels table, filled by a snapshot at {@code lsn} with these keys. */
    static HashMapIndexer indexWithSnapshot(long lsn, long... ids) {
        var indexer = new HashMapIndexer();
        var rebuild = indexer.beginRebuild(java.util.List.of(PARCELS));
        var position = SourcePosition.ofSnapshot(1);
        for (long id : ids) {
            rebuild.put(PrimaryKey.of(id), row(id, "read", "\"\""), lsn, position);
        }
        rebuild.complete();
        return indexer;
    }

    static String state(HashMapIndexer indexer, long id) {
        return indexer.reader()
                .get(PARCELS, PrimaryKey.of(id))
                .map(found -> found.row().json(1))
                .orElse(null);
    }

    static String note(HashMapIndexer indexer, long id) {
        return indexer.reader()
                .get(PARCELS, PrimaryKey.of(id))
                .map(found -> found.row().json(2))
                .orElse(null);
    }
}
