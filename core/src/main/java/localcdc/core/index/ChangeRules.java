package localcdc.core.index;

import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Lsn;
import localcdc.core.event.Row;

/** Which changes count: those that the map has not seen yet and that nothing newer has overtaken. Stateless. */
final class ChangeRules {

    private ChangeRules() {}

    /** Whether the row that the change wrote was wiped out later. */
    static boolean wasTruncated(TableIndex table, ChangeEvent event) {
        return event.lsn() == Lsn.NONE
                ? event.position().commitMicros() < table.truncateMicros
                : Long.compareUnsigned(event.lsn(), table.truncateLsn) < 0;
    }

    /** Whether a truncate was applied before, or a later one. */
    static boolean isOldTruncate(TableIndex table, ChangeEvent event) {
        return Long.compareUnsigned(event.lsn(), table.truncateLsn) <= 0;
    }

    /**
     * Whether the change, or a later one of its key, was applied before.
     *
     * @param before the row as it is; null: there is none
     * @param moved whether the row comes from another key, where it was found
     */
    static boolean isReplayed(TableIndex table, ChangeEvent event, LatestState before, boolean moved) {
        return before == null ? !moved && wasDeleted(table, event) : before.isAtOrAfter(event);
    }

    private static boolean wasDeleted(TableIndex table, ChangeEvent event) {
        return event.lsn() != Lsn.NONE && table.deletes.coversChangeAt(event.key(), event.lsn());
    }

    /** Whether the change takes its row to another key. */
    static boolean isMove(ChangeEvent event) {
        return event.previousKey() != null && !event.previousKey().equals(event.key());
    }

    /**
     * The row after the change: values that the log did not carry are the ones that it had; else those that were read again.
     *
     * @param earlier the row before, under its earlier key where it was moved; null: there was none
     */
    static Row rowAfter(ChangeEvent event, LatestState earlier) {
        var row = event.row();
        if (row.hasUnavailable() && earlier != null) {
            row = row.completedFrom(earlier.row());
        }
        return row.hasUnavailable() ? row.completedFrom(event.reread()) : row;
    }
}
