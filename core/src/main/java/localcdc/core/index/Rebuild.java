package localcdc.core.index;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.Row;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;

/**
 * Fills the tables anew from a snapshot. Several threads may put rows at once; readers keep seeing the old maps until
 * {@link #complete} puts all new ones in their place together. A rebuild that is not completed leaves no trace.
 */
public final class Rebuild {

    private final HashMapIndexer indexer;
    private final Map<TableId, Loading> tables = new TreeMap<>();

    Rebuild(HashMapIndexer indexer, Collection<TableId> selection) {
        this.indexer = indexer;
        selection.forEach(table -> tables.put(table, new Loading()));
    }

    /**
     * Puts one row as the snapshot read it.
     *
     * @param lsn where the snapshot stands in the log
     * @param position the snapshot's position, one object for all its rows
     */
    public void put(PrimaryKey key, Row row, long lsn, SourcePosition position) {
        var table = tables.get(row.shape().table());
        table.bytes.add(row.packed().length);
        var state = new LatestState(row, lsn, position);
        table.map.put(key, state);
        indexer.tellRead(key, state);
    }

    /** Rows put so far. */
    public long rows() {
        return tables.values().stream().mapToLong(table -> table.map.size()).sum();
    }

    /** Puts the new maps in place of the old ones; from now on streamed changes apply to them. */
    public void complete() {
        var maps = new TreeMap<TableId, RowMap>();
        tables.forEach((table, loading) -> maps.put(table, loading.map));
        indexer.complete(this, maps);
    }

    long bytes(TableId table) {
        return tables.get(table).bytes.sum();
    }

    private static final class Loading {
        final RowMap map = new RowMap();
        final LongAdder bytes = new LongAdder();
    }
}
