package localcdc.core.index;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Lsn;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;

/**
 * The product's heart: {@code HashMap<PrimaryKey, LatestState>}, one map for each table, kept equal to Postgres by
 * applying changes in the order of their commits.
 *
 * <p>One thread applies; any thread may read a row, and neither waits for the writer nor makes it wait: the maps are {@code
 * ConcurrentHashMap}s of immutable states. Opening a {@link Retention} and a rebuild's end take the writer's lock, for the
 * time of a few assignments, and so does reading several rows at one moment where it did not succeed without. The writer
 * holds it while it applies a change, or a whole {@link Transaction}.
 *
 * <p>Applying an event again, or an older one of the same key, changes nothing: streamed changes of one key compare by
 * their place in the log (row locks make that their commit order), a streamed change always replaces a snapshot's read,
 * deletions are remembered for a while, and a truncate leaves a mark that older changes do not pass.
 *
 * <p>A source that delivers from several streams (a topic's partitions) says with each change which one it came by. An
 * entry belongs to the stream of its latest change: {@link #forget} drops the entries of streams that are no longer read.
 */
public final class HashMapIndexer {

    private static final int CHANGES_BETWEEN_CALLS = 4096;

    private final ReentrantLock writing = new ReentrantLock();
    private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
    private final List<ChangeListener> readListeners = new CopyOnWriteArrayList<>();
    private final List<Retention> retentions = new CopyOnWriteArrayList<>();
    private final LongAdder events = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private volatile Map<TableId, TableIndex> tables = Map.of();
    private final MapView view = new MapView(() -> tables, writing);
    /** Where the latest snapshot stands in the log that was read to its end; 0 before any. */
    private long snapshotLsn;

    /**
     * Applies one streamed change. For one thread at a time.
     *
     * @return what became of it; nothing is thrown for a replayed or unknown event
     */
    public ApplyResult apply(ChangeEvent event) {
        writing.lock();
        try {
            view.changing();
            return applyOne(event);
        } finally {
            view.changed();
            writing.unlock();
        }
    }

    /** Begins to collect the changes of one transaction. For the thread that applies. */
    public Transaction begin() {
        return new Transaction(this);
    }

    /**
     * Applies changes that are seen together; how many changed the map.
     *
     * @param together what they come to; null: there is nothing between before and after that could be seen
     * @param shown called when readers see them
     * @param meanwhile called now and then while they are put into the map
     */
    int apply(Iterable<ChangeEvent> changes, Overlay together, Runnable shown, Runnable meanwhile) {
        writing.lock();
        try {
            view.changing();
            if (together != null) {
                view.show(together);
                shown.run();
            }
            int applied = 0;
            int seen = 0;
            for (var event : changes) {
                if (applyOne(event) == ApplyResult.APPLIED) {
                    applied++;
                }
                if (++seen % CHANGES_BETWEEN_CALLS == 0) {
                    meanwhile.run();
                }
            }
            if (together == null) {
                view.changed();
                shown.run();
            }
            return applied;
        } finally {
            view.changed();
            if (together != null) {
                view.settled();
            }
            writing.unlock();
        }
    }

    private ApplyResult applyOne(ChangeEvent event) {
        var table = tables.get(event.table());
        if (table == null) {
            return ApplyResult.IGNORED_AS_UNKNOWN_TABLE;
        }
        events.increment();
        var result = event.operation() == Operation.TRUNCATE ? truncate(table, event) : change(table, event);
        if (result == ApplyResult.IGNORED_AS_STALE) {
            stale.increment();
        } else if (Long.compareUnsigned(event.lsn(), table.highestLsn) > 0) {
            table.highestLsn = event.lsn();
        }
        return result;
    }

    /**
     * Applies what is left of a deletion once its own record is gone, or follows it: a key without a value. Where the
     * deletion was applied already, as it usually was, nothing changes and nothing is counted.
     *
     * @param event a {@link Operation#DELETE}; without a place in the log it removes the row only if that came by the same
     *     stream
     */
    public ApplyResult applyTombstone(ChangeEvent event) {
        writing.lock();
        try {
            var table = tables.get(event.table());
            if (table == null) {
                return ApplyResult.IGNORED_AS_UNKNOWN_TABLE;
            }
            view.changing();
            var before = table.map().get(event.key());
            boolean otherStream = before != null
                    && event.lsn() == Lsn.NONE
                    && before.position().partition() != event.position().partition();
            if (before == null) {
                table.deletes.add(event.key(), event.lsn());
            }
            if (before == null || otherStream || before.isAtOrAfter(event)) {
                return ApplyResult.IGNORED_AS_STALE;
            }
            events.increment();
            return remove(table, event.key(), before, event);
        } finally {
            view.changed();
            writing.unlock();
        }
    }

    private ApplyResult change(TableIndex table, ChangeEvent event) {
        if (ChangeRules.wasTruncated(table, event)
                || isOfAnEarlierSnapshot(event.operation() == Operation.READ, event.lsn())) {
            return ApplyResult.IGNORED_AS_STALE;
        }
        LatestState moved = null;
        if (ChangeRules.isMove(event)) {
            moved = table.map().get(event.previousKey());
            if (moved == null) {
                table.deletes.add(event.previousKey(), event.lsn());
            } else {
                remove(table, event.previousKey(), moved, event);
            }
        }
        var before = table.map().get(event.key());
        if (ChangeRules.isReplayed(table, event, before, moved != null)) {
            return ApplyResult.IGNORED_AS_STALE;
        }
        if (event.operation() == Operation.DELETE) {
            return remove(table, event.key(), before, event);
        }
        var earlier = moved != null ? moved : before;
        var row = ChangeRules.rowAfter(event, earlier);
        var after = new LatestState(row, event.lsn(), event.position());
        retain(table, event.key(), before, event);
        table.map().put(event.key(), after);
        table.deletes.forget(event.key());
        table.account(before, after, row.hasUnavailable());
        count(table, event.operation());
        tell(event, earlier, after);
        return ApplyResult.APPLIED;
    }

    private boolean isOfAnEarlierSnapshot(boolean read, long lsn) {
        return read && lsn != Lsn.NONE && Long.compareUnsigned(lsn, snapshotLsn) < 0;
    }

    private static void count(TableIndex table, Operation operation) {
        switch (operation) {
            case READ -> table.reads.increment();
            case UPDATE -> table.updates.increment();
            default -> table.creates.increment();
        }
    }

    private ApplyResult remove(TableIndex table, PrimaryKey key, LatestState before, ChangeEvent event) {
        if (before != null && before.isAtOrAfter(event)) {
            return ApplyResult.IGNORED_AS_STALE;
        }
        table.deletes.add(key, event.lsn());
        if (before != null) {
            retain(table, key, before, event);
            table.map().remove(key);
            table.account(before, null, false);
        }
        table.removals.increment();
        if (event.operation() == Operation.DELETE) {
            tell(event, before, null);
        }
        return ApplyResult.APPLIED;
    }

    private ApplyResult truncate(TableIndex table, ChangeEvent event) {
        if (ChangeRules.isOldTruncate(table, event)) {
            return ApplyResult.IGNORED_AS_STALE;
        }
        table.truncateLsn = event.lsn();
        table.truncateMicros = event.position().commitMicros();
        var wiped = table.map();
        var fresh = new RowMap();
        if (Long.compareUnsigned(table.highestLsn, event.lsn()) > 0) {
            // A replay: rows that were written after this truncate are here already and stay.
            wiped.forEach((key, state) -> {
                if (state.isAtOrAfter(event)) {
                    fresh.put(key, state);
                }
            });
        }
        for (var retention : retentions) {
            retention.truncated(table, fresh, event.position());
        }
        table.replaceMap(fresh);
        fresh.states().forEach(state -> table.account(null, state, state.row().hasUnavailable()));
        table.truncates.increment();
        tell(event, null, null);
        return ApplyResult.APPLIED;
    }

    private void retain(TableIndex table, PrimaryKey key, LatestState before, ChangeEvent event) {
        for (var retention : retentions) {
            retention.replaced(table, key, before, event.position());
        }
    }

    private void tell(ChangeEvent event, LatestState before, LatestState after) {
        for (var listener : listeners) {
            listener.changed(event, before, after);
        }
    }

    /** Makes room for a table whose rows will come one by one; without effect where there is one of that name. */
    public void open(TableId id) {
        writing.lock();
        try {
            if (!tables.containsKey(id)) {
                var next = new TreeMap<>(tables);
                next.put(id, new TableIndex(id));
                tables = next;
                invalidateRetentions("table " + id + " has come into the map");
            }
        } finally {
            writing.unlock();
        }
    }

    /** Takes a table away, with what is in it. */
    public void close(TableId id) {
        writing.lock();
        try {
            var next = new TreeMap<>(tables);
            if (next.remove(id) != null) {
                tables = next;
                invalidateRetentions("table " + id + " has left the map");
            }
        } finally {
            writing.unlock();
        }
    }

    /**
     * Drops the entries that came by some streams, and what is remembered of deletions. Truncates stay in force. Readers
     * see entries go one by one; whoever looks at one moment of the map has to begin anew.
     *
     * @return how many entries went
     */
    public long forget(IntPredicate partitions) {
        writing.lock();
        try {
            tables.values().forEach(table -> table.deletes.clear());
            return drop(state -> partitions.test(state.position().partition()));
        } finally {
            writing.unlock();
        }
    }

    /**
     * A snapshot of all tables has been read to its end. A row that an earlier snapshot read, and that neither this one nor
     * a change has shown since, is no longer in its table: the earlier snapshot was interrupted, and nobody streamed what
     * happened between the two.
     *
     * @param lsn where the snapshot stands in the log
     * @return how many entries went
     */
    public long snapshotEnded(long lsn) {
        writing.lock();
        try {
            if (Long.compareUnsigned(lsn, snapshotLsn) <= 0) {
                return 0;
            }
            snapshotLsn = lsn;
            return drop(state -> isOfAnEarlierSnapshot(state.position().snapshot(), state.lsn()));
        } finally {
            writing.unlock();
        }
    }

    /** Forgets which truncates and snapshots have come by, so that rows before them count: the source begins another log. */
    public void forgetMarks() {
        writing.lock();
        try {
            snapshotLsn = 0;
            for (var table : tables.values()) {
                table.truncateLsn = 0;
                table.truncateMicros = 0;
            }
        } finally {
            writing.unlock();
        }
    }

    /** Takes entries away without a change of their rows, so that whoever looks at one moment of the map begins anew. */
    private long drop(Predicate<LatestState> which) {
        view.changing();
        long gone = 0;
        for (var table : tables.values()) {
            var entries = table.map().states().iterator();
            while (entries.hasNext()) {
                var state = entries.next();
                if (which.test(state)) {
                    entries.remove();
                    table.account(state, null, false);
                    gone++;
                }
            }
        }
        view.changed();
        if (gone > 0) {
            invalidateRetentions("a part of the map was dropped");
        }
        return gone;
    }

    private void invalidateRetentions(String why) {
        retentions.forEach(retention -> retention.invalidate(why));
        retentions.clear();
    }

    /**
     * Begins to fill every table anew, beside the maps that readers see until {@link Rebuild#complete}.
     *
     * @param selection the tables that the map will hold afterwards
     */
    public Rebuild beginRebuild(Collection<TableId> selection) {
        return new Rebuild(this, selection);
    }

    void complete(Rebuild rebuild, Map<TableId, RowMap> loaded) {
        writing.lock();
        try {
            view.changing();
            var next = new TreeMap<TableId, TableIndex>();
            loaded.forEach((id, map) -> {
                var table = tables.getOrDefault(id, new TableIndex(id));
                table.replaceMap(map);
                table.deletes.clear();
                table.truncateLsn = 0;
                table.truncateMicros = 0;
                table.highestLsn = 0;
                table.reads.add(map.size());
                table.bytes.add(rebuild.bytes(id));
                events.add(map.size());
                next.put(id, table);
            });
            tables = next;
            view.changed();
            invalidateRetentions("the map was rebuilt meanwhile");
        } finally {
            writing.unlock();
        }
    }

    /**
     * Begins to keep the states that are replaced from now on, at most {@code capacity} of them. The caller closes it.
     */
    public Retention retain(int capacity) {
        writing.lock();
        try {
            var retention = new Retention(tables, capacity, retentions::remove);
            retentions.add(retention);
            return retention;
        } finally {
            writing.unlock();
        }
    }

    /** The readers' side. */
    public IndexReader reader() {
        return new IndexReader(this);
    }

    /** Adds someone who is told of each change. */
    public void addListener(ChangeListener listener) {
        listeners.add(listener);
    }

    /**
     * Adds someone who is told of each row that a snapshot reads, too, by several threads at once. Such a listener slows
     * the snapshot down to its own speed.
     */
    public void addReadListener(ChangeListener listener) {
        readListeners.add(listener);
    }

    /** Takes a listener away again; it may be told of a change that is being applied just now. */
    public void removeListener(ChangeListener listener) {
        listeners.remove(listener);
        readListeners.remove(listener);
    }

    void tellRead(PrimaryKey key, LatestState state) {
        for (var listener : readListeners) {
            listener.changed(
                    ChangeEvent.of(Operation.READ, key, state.row(), state.lsn(), state.position()), null, state);
        }
    }

    /** Events received: snapshot reads, streamed changes, and replays that changed nothing. */
    public long events() {
        return events.sum();
    }

    /** Events that changed nothing since the map had them already. */
    public long staleIgnored() {
        return stale.sum();
    }

    /** Values in the map that the log did not carry and that are not known otherwise. */
    long unavailableValues() {
        return tables.values().stream().mapToLong(TableIndex::unavailable).sum();
    }

    Map<TableId, TableIndex> tables() {
        return tables;
    }

    /** What any thread may see of the rows. */
    MapView view() {
        return view;
    }
}
