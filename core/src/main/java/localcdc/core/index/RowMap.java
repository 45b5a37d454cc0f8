package localcdc.core.index;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import localcdc.core.event.PrimaryKey;

/**
 * The latest states of one table's rows, by key. Any thread may read it while others write; a reader that walks over it sees
 * every row that is there all the time.
 *
 * <p>Pages follow the order of the keys, of which a hash map knows nothing. Keys of one integer column are mostly close
 * together, so the next ones are looked up, number by number, from the lowest that there ever was; only where that finds too
 * little all keys are looked at.
 */
final class RowMap {

    /** So many numbers are looked up for each row that is wanted, and so many more: a fraction of a millisecond. */
    private static final int LOOKUPS_A_ROW = 16;

    private static final int LOOKUPS = 1000;

    private final ConcurrentHashMap<PrimaryKey, LatestState> map = new ConcurrentHashMap<>();

    /** No integer key has ever been lower. */
    private final AtomicLong lowest = new AtomicLong(Long.MAX_VALUE);

    LatestState get(PrimaryKey key) {
        return map.get(key);
    }

    void put(PrimaryKey key, LatestState state) {
        long number = key.integerOr(Long.MAX_VALUE);
        // Before the row is there: whoever sees it sees a bound that is not above it.
        if (number < lowest.get()) {
            lowest.accumulateAndGet(number, Math::min);
        }
        map.put(key, state);
    }

    void remove(PrimaryKey key) {
        map.remove(key);
    }

    /** How many rows there are, roughly while others write. */
    long size() {
        return map.mappingCount();
    }

    /** The keys, each at the moment in which it is looked at. */
    Set<PrimaryKey> keys() {
        return map.keySet();
    }

    /** The states, each at the moment in which it is looked at; what its iterator removes is removed here. */
    Collection<LatestState> states() {
        return map.values();
    }

    void forEach(BiConsumer<PrimaryKey, LatestState> action) {
        map.forEach(action);
    }

    /**
     * The smallest keys beyond {@code after} of rows that are wanted, in their order.
     *
     * @param after null: from the first key on
     * @param limit how many at most; there are fewer only where there are no more
     * @param wanted asked for many rows; must be quick
     */
    List<PrimaryKey> following(PrimaryKey after, int limit, Predicate<LatestState> wanted) {
        var found = new ArrayList<PrimaryKey>();
        // Of the two kinds of keys the integers come first.
        long from = after == null ? lowest.get() : after.integerOr(Long.MAX_VALUE);
        long next = after == null || from == Long.MAX_VALUE ? from : from + 1;
        var looked = after;
        for (long left = (long) limit * LOOKUPS_A_ROW + LOOKUPS; left > 0 && next < Long.MAX_VALUE; left--) {
            if (found.size() == limit) {
                return found;
            }
            looked = PrimaryKey.of(next);
            var state = map.get(looked);
            if (state != null && wanted.test(state)) {
                found.add(looked);
            }
            next++;
        }
        found.addAll(smallest(looked, limit - found.size(), wanted));
        return found;
    }

    /** A bounded heap with the largest key on top, over one pass. */
    private List<PrimaryKey> smallest(PrimaryKey after, int limit, Predicate<LatestState> wanted) {
        if (limit == 0) {
            return List.of();
        }
        var heap = new PriorityQueue<PrimaryKey>(
                Comparator.<PrimaryKey>naturalOrder().reversed());
        map.forEach((key, state) -> {
            if (after != null && key.compareTo(after) <= 0) {
                return;
            }
            boolean full = heap.size() == limit;
            if ((full && key.compareTo(heap.peek()) >= 0) || !wanted.test(state)) {
                return;
            }
            if (full) {
                heap.poll();
            }
            heap.add(key);
        });
        return heap.stream().sorted().toList();
    }
}
