package localcdc.common.http;

import java.util.Set;
import java.util.TreeSet;
import localcdc.core.event.SourcePosition;
import localcdc.core.index.Retention;

/**
 * What one snapshot of Postgres sees, from the text of {@code pg_current_snapshot()}: {@code xmin:xmax:xip1,xip2}.
 * Immutable.
 *
 * <p>Rows that a snapshot read, or whose record did not name their transaction, are always visible. A transaction is visible when its id is below xmin, or
 * below xmax and not among those in progress. The snapshot's ids have 64 bits, but the replication protocol sends the
 * low 32: an id is taken for a later one where it follows xmax by less than {@value #LATER_IDS}, else for the latest
 * earlier one with these bits. So it is wrong only for a row that nobody has written for about four billion transactions
 * of the runner's life.
 */
final class SnapshotVisibility implements Retention.Visibility {

    /** More transactions than can commit between a snapshot and the question about it. */
    static final long LATER_IDS = 1L << 28;

    private static final long LOW_BITS = 0xFFFF_FFFFL;

    private final long xmin;
    private final long xmax;
    private final Set<Long> inProgress;

    private SnapshotVisibility(long xmin, long xmax, Set<Long> inProgress) {
        this.xmin = xmin;
        this.xmax = xmax;
        this.inProgress = inProgress;
    }

    /**
     * Reads a snapshot's text.
     *
     * @throws IllegalArgumentException when it is no such text
     */
    static SnapshotVisibility parse(String text) {
        var parts = text.split(":", -1);
        try {
            if (parts.length != 3) {
                throw new NumberFormatException("three parts are needed");
            }
            long xmin = Long.parseUnsignedLong(parts[0]);
            long xmax = Long.parseUnsignedLong(parts[1]);
            var inProgress = new TreeSet<Long>();
            if (!parts[2].isEmpty()) {
                for (var id : parts[2].split(",", -1)) {
                    inProgress.add(Long.parseUnsignedLong(id));
                }
            }
            if (Long.compareUnsigned(xmin, xmax) > 0) {
                throw new NumberFormatException("xmin is beyond xmax");
            }
            return new SnapshotVisibility(xmin, xmax, inProgress);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a snapshot such as pg_current_snapshot() prints, xmin:xmax:xip1,xip2", e);
        }
    }

    @Override
    public boolean sees(SourcePosition position) {
        if (!position.hasTransaction()) {
            return true;
        }
        long ahead = (position.txId() - xmax) & LOW_BITS;
        if (ahead < LATER_IDS) {
            return false;
        }
        long id = xmax + ahead - (LOW_BITS + 1);
        return id < xmin || !inProgress.contains(id);
    }
}
