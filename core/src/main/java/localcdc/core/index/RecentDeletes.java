package localcdc.core.index;

import java.util.LinkedHashMap;
import java.util.Map;
import localcdc.core.event.PrimaryKey;

/**
 * Where in the log the latest deletions were, so that a replayed older change does not bring a deleted row back.
 * Bounded: the oldest are forgotten first. For the writer alone.
 *
 * <p>Forgetting does no lasting harm: a replay delivers whole transactions in commit order, so the deletion itself
 * comes by again.
 */
final class RecentDeletes {

    static final int CAPACITY_KEYS = 65_536;

    private final Map<PrimaryKey, Long> lsnByKey = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PrimaryKey, Long> eldest) {
            return size() > CAPACITY_KEYS;
        }
    };

    void add(PrimaryKey key, long lsn) {
        lsnByKey.remove(key);
        lsnByKey.put(key, lsn);
    }

    /** Whether the key was deleted at {@code lsn} or later. */
    boolean coversChangeAt(PrimaryKey key, long lsn) {
        if (lsnByKey.isEmpty()) {
            return false;
        }
        Long deleted = lsnByKey.get(key);
        return deleted != null && Long.compareUnsigned(deleted, lsn) >= 0;
    }

    void forget(PrimaryKey key) {
        if (!lsnByKey.isEmpty()) {
            lsnByKey.remove(key);
        }
    }

    void clear() {
        lsnByKey.clear();
    }
}
