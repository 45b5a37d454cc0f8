package localcdc.core.index;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;

/**
 * Keeps the states that the writer replaces, from its opening to its closing, so that a reader can ask what a row was at
 * the opening, or what it was for a given database snapshot. Bounded: past its capacity it keeps nothing more and every
 * question is answered by {@link StaleViewException}.
 *
 * <p>The writer adds to it before it changes the map; a reader therefore reads the map first and the kept states second.
 */
public final class Retention implements AutoCloseable {

    /** Says whether a transaction's changes are visible in some database snapshot. */
    @FunctionalInterface
    public interface Visibility {
        boolean sees(SourcePosition position);
    }

    /** A row's state for some snapshot: known (a null state means there is no such row), or undecided. */
    public record Answer(boolean decided, LatestState state) {
        private static final Answer UNDECIDED = new Answer(false, null);

        private static Answer of(LatestState state) {
            return new Answer(true, state);
        }
    }

    private record Version(LatestState replaced, SourcePosition by, Version older) {}

    /** A table's map between two truncates, and what was replaced in it. */
    private static final class Epoch {
        final RowMap map;
        final SourcePosition begunByTruncate;
        final Map<PrimaryKey, Version> versions = new ConcurrentHashMap<>();

        Epoch(RowMap map, SourcePosition begunByTruncate) {
            this.map = map;
            this.begunByTruncate = begunByTruncate;
        }
    }

    private final Map<TableId, List<Epoch>> newestFirst = new HashMap<>();
    private final int capacity;
    private final AtomicInteger kept = new AtomicInteger();
    private final Consumer<Retention> onClose;
    private volatile String invalid;

    Retention(Map<TableId, TableIndex> tables, int capacity, Consumer<Retention> onClose) {
        this.capacity = capacity;
        this.onClose = onClose;
        tables.forEach((id, table) -> newestFirst.put(id, List.of(new Epoch(table.map(), null))));
    }

    /** The writer's side: {@code before} (null: no row) is about to be replaced by a change of {@code by}. */
    void replaced(TableIndex table, PrimaryKey key, LatestState before, SourcePosition by) {
        var epochs = epochs(table.table());
        if (epochs.isEmpty() || invalid != null) {
            return;
        }
        if (kept.incrementAndGet() > capacity) {
            invalidate("more than " + capacity + " rows changed meanwhile");
            return;
        }
        var versions = epochs.get(0).versions;
        versions.put(key, new Version(before, by, versions.get(key)));
    }

    /** The writer's side: {@code fresh} is about to take the place of the table's map. */
    void truncated(TableIndex table, RowMap fresh, SourcePosition by) {
        var epochs = epochs(table.table());
        if (epochs.isEmpty()) {
            return;
        }
        var longer = new ArrayList<Epoch>();
        longer.add(new Epoch(fresh, by));
        longer.addAll(epochs);
        synchronized (newestFirst) {
            newestFirst.put(table.table(), List.copyOf(longer));
        }
    }

    void invalidate(String why) {
        invalid = why;
    }

    /** Why nothing can be asked any more, or null. */
    public String invalid() {
        return invalid;
    }

    /** How many replaced states it keeps. */
    public int kept() {
        return kept.get();
    }

    /**
     * The newest state of a row that {@code visibility} sees.
     *
     * @throws StaleViewException when the map was rebuilt or too much has changed
     */
    public Answer visible(TableId table, PrimaryKey key, Visibility visibility) {
        for (var epoch : epochs(table)) {
            // The map first, the kept states second: see the class comment.
            var state = epoch.map.get(key);
            for (var version = epoch.versions.get(key); version != null; version = version.older) {
                if (visibility.sees(version.by)) {
                    return checked(Answer.of(state));
                }
                state = version.replaced;
            }
            if (state != null && visibility.sees(state.position())) {
                return checked(Answer.of(state));
            }
            if (state == null && (epoch.begunByTruncate == null || visibility.sees(epoch.begunByTruncate))) {
                return checked(Answer.of(null));
            }
            if (epoch.begunByTruncate == null) {
                return checked(Answer.UNDECIDED);
            }
        }
        return checked(Answer.of(null));
    }

    /**
     * Hands over every key that the table's map holds now or held since the opening, each once, in no order.
     *
     * @throws StaleViewException when the map was rebuilt or too much has changed
     */
    public void forEachKey(TableId table, Consumer<PrimaryKey> action) {
        var epochs = epochs(table);
        if (epochs.isEmpty()) {
            return;
        }
        var base = epochs.get(epochs.size() - 1);
        // The map first, the kept states second: see the class comment.
        var keys = new ArrayList<>(base.map.keys());
        var others = new HashSet<PrimaryKey>();
        for (var epoch : epochs) {
            if (epoch != base) {
                others.addAll(epoch.map.keys());
            }
            others.addAll(epoch.versions.keySet());
        }
        checked(null);
        for (var key : keys) {
            if (!others.contains(key)) {
                action.accept(key);
            }
        }
        others.forEach(action);
    }

    /**
     * Every row of the table as it was at the opening.
     *
     * @throws StaleViewException when the map was rebuilt or too much has changed
     */
    public void forEachAtOpening(TableId table, BiConsumer<PrimaryKey, LatestState> action) {
        var epochs = epochs(table);
        if (epochs.isEmpty()) {
            return;
        }
        var base = epochs.get(epochs.size() - 1);
        var keys = new ArrayList<Map.Entry<PrimaryKey, LatestState>>();
        // Copies references only. Rows that changed while this ran are among the kept states and are taken from there.
        base.map.forEach((key, state) -> keys.add(Map.entry(key, state)));
        var changed = Map.copyOf(base.versions);
        checked(null);
        for (var entry : keys) {
            if (!changed.containsKey(entry.getKey())) {
                action.accept(entry.getKey(), entry.getValue());
            }
        }
        changed.forEach((key, newest) -> {
            var oldest = newest;
            while (oldest.older != null) {
                oldest = oldest.older;
            }
            if (oldest.replaced != null) {
                action.accept(key, oldest.replaced);
            }
        });
    }

    private List<Epoch> epochs(TableId table) {
        synchronized (newestFirst) {
            return newestFirst.getOrDefault(table, List.of());
        }
    }

    private Answer checked(Answer answer) {
        var why = invalid;
        if (why != null) {
            throw new StaleViewException(why);
        }
        return answer;
    }

    /** Stops keeping states. May be called more than once and from any thread. */
    @Override
    public void close() {
        onClose.accept(this);
    }
}
