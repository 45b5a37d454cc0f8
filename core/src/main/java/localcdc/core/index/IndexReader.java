package localcdc.core.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.RowShape;
import localcdc.core.event.TableId;

/** What readers may ask of the map, from any thread, without ever making the writer wait. */
public final class IndexReader {

    /** Enough for every row of a million-row table to change once while its references are copied. */
    private static final int DUMP_CAPACITY = 2_000_000;

    private final HashMapIndexer indexer;

    IndexReader(HashMapIndexer indexer) {
        this.indexer = indexer;
    }

    /** The tables that the map holds, by name. */
    public List<TableStats> tables() {
        return indexer.tables().values().stream().map(TableIndex::stats).toList();
    }

    /** The table of that name, if the map holds it. */
    public Optional<TableStats> table(TableId table) {
        return Optional.ofNullable(indexer.tables().get(table)).map(TableIndex::stats);
    }

    /** The latest state of one row, or nothing where there is no such row or table. */
    public Optional<LatestState> get(TableId table, PrimaryKey key) {
        return Optional.ofNullable(indexer.view().state(table, key));
    }

    /**
     * Several rows, of one table or more, all as they were at one moment: what a source delivers as one transaction is seen
     * in all of them or in none.
     *
     * @return a state for each row that was asked for, in the same order; null where there is no such row or table
     */
    public List<LatestState> together(List<RowId> rows) {
        return indexer.view().states(rows);
    }

    /** Any row of the table, to see what its rows look like; nothing where it is empty. */
    public Optional<RowShape> shape(TableId table) {
        return sample(table, 1).stream().findFirst().map(LatestState::shape);
    }

    /** Whether the table holds a row that looks otherwise than this, such as one that was not written since a column came. */
    public boolean holdsOtherShapes(TableId table, RowShape shape) {
        var index = indexer.tables().get(table);
        return index != null
                && index.map().states().stream()
                        .anyMatch(state -> !state.shape().equals(shape));
    }

    /** Some rows of the table, at most {@code limit}, whichever come first. */
    public List<LatestState> sample(TableId table, int limit) {
        var index = indexer.tables().get(table);
        var sample = new ArrayList<LatestState>();
        if (index != null) {
            var states = index.map().states().iterator();
            while (sample.size() < limit && states.hasNext()) {
                sample.add(states.next());
            }
        }
        return sample;
    }

    /**
     * The rows whose keys follow {@code after} in the keys' own stable order, all as they were at one moment; a row that comes
     * or goes just then may be missing.
     *
     * @param after the last key of the page before, or null for the first page
     * @param limit how many rows at most
     */
    public List<Map.Entry<PrimaryKey, LatestState>> page(TableId table, PrimaryKey after, int limit) {
        return page(table, after, limit, state -> true);
    }

    /**
     * The same of those rows alone that are wanted; each of them was so when it was looked at.
     *
     * @param wanted asked for many rows; must be quick
     */
    public List<Map.Entry<PrimaryKey, LatestState>> page(
            TableId table, PrimaryKey after, int limit, Predicate<LatestState> wanted) {
        var page = new ArrayList<Map.Entry<PrimaryKey, LatestState>>();
        var last = after;
        // Again where rows went just then: a page that is not full is the last one.
        while (page.size() < limit) {
            int more = limit - page.size();
            var keys = following(table, last, more, wanted);
            var states =
                    together(keys.stream().map(key -> new RowId(table, key)).toList());
            for (int i = 0; i < states.size(); i++) {
                if (states.get(i) != null) {
                    page.add(Map.entry(keys.get(i), states.get(i)));
                }
            }
            if (keys.size() < more) {
                break;
            }
            last = keys.get(keys.size() - 1);
        }
        return page;
    }

    private List<PrimaryKey> following(TableId table, PrimaryKey after, int limit, Predicate<LatestState> wanted) {
        var index = indexer.tables().get(table);
        return index == null ? List.of() : index.map().following(after, limit, wanted);
    }

    /**
     * Every row of the table at one point in time: the moment of the call. Copies references, not rows.
     *
     * @throws StaleViewException when the map was rebuilt while they were copied
     */
    public List<LatestState> dump(TableId table) {
        var states = new ArrayList<LatestState>();
        try (var retention = indexer.retain(DUMP_CAPACITY)) {
            retention.forEachAtOpening(table, (key, state) -> states.add(state));
        }
        return states;
    }

    /** How many values of the table's rows are not known, counted now. */
    public long unavailableValues() {
        return indexer.unavailableValues();
    }
}
