package localcdc.core.index;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import localcdc.core.event.TableId;

/** One table's part of the map. The writer changes it under {@link HashMapIndexer}'s lock; anyone may read the map. */
final class TableIndex {

    private final TableId table;
    private volatile RowMap map = new RowMap();

    final RecentDeletes deletes = new RecentDeletes();
    final LongAdder reads = new LongAdder();
    final LongAdder creates = new LongAdder();
    final LongAdder updates = new LongAdder();
    final LongAdder removals = new LongAdder();
    final LongAdder truncates = new LongAdder();
    final LongAdder bytes = new LongAdder();

    /** Values that are not known; written under the lock, read by anyone. */
    private final AtomicLong unavailable = new AtomicLong();

    /** Changes at or before this place were wiped out by a truncate. */
    long truncateLsn;
    /** When that truncate was committed, for changes that do not say their place. */
    long truncateMicros;
    /** The latest place of any change applied here. */
    long highestLsn;

    TableIndex(TableId table) {
        this.table = table;
    }

    TableId table() {
        return table;
    }

    RowMap map() {
        return map;
    }

    /** Replaces the whole map; whoever reads the old one goes on undisturbed. */
    void replaceMap(RowMap fresh) {
        map = fresh;
        bytes.reset();
        unavailable.set(0);
    }

    /** Keeps the sums right when {@code before} gives way to {@code after}; either may be null. */
    void account(LatestState before, LatestState after, boolean afterIsIncomplete) {
        bytes.add((after == null ? 0 : after.packedLength()) - (before == null ? 0 : before.packedLength()));
        if (afterIsIncomplete || unavailable.get() > 0) {
            unavailable.addAndGet(unknown(after) - unknown(before));
        }
    }

    private static int unknown(LatestState state) {
        return state == null ? 0 : state.row().unavailable().size();
    }

    long unavailable() {
        return unavailable.get();
    }

    TableStats stats() {
        return new TableStats(
                table,
                map.size(),
                reads.sum(),
                creates.sum(),
                updates.sum(),
                removals.sum(),
                truncates.sum(),
                bytes.sum());
    }
}
