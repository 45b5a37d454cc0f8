package localcdc.core.verify;

import java.util.List;
import localcdc.core.event.TableId;

/**
 * One table's result.
 *
 * @param rowsCompared rows of Postgres that were compared
 * @param missing rows that Postgres has and the map has not
 * @param unexpected rows that the map has and Postgres has not
 * @param different rows that both have and that are not the same
 * @param inFlight rows that stayed undecided
 * @param leftOut columns that were not compared, since the runner leaves them out
 * @param reasons why the table, or some of its rows, could not be decided; sentences
 */
public record TableReport(
        TableId table,
        long rowsCompared,
        long missing,
        long unexpected,
        long different,
        long inFlight,
        List<String> leftOut,
        List<String> reasons) {

    public TableReport {
        leftOut = List.copyOf(leftOut);
        reasons = List.copyOf(reasons);
    }

    /** Rows that are certain not to be the same. */
    public long differences() {
        return missing + unexpected + different;
    }

    /** Whether every row was compared and found equal. */
    public boolean isEqual() {
        return differences() == 0 && inFlight == 0 && reasons.isEmpty();
    }
}
