package localcdc.core.verify;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import localcdc.core.event.TableId;

/** How far the verification of one table has come. For one thread. */
final class TableCheck {

    private static final int COLUMNS_NAMED = 20;

    private final TableId table;
    private final Suspects suspects;
    private final Map<Mismatch.Kind, Long> confirmed = new EnumMap<>(Mismatch.Kind.class);
    private final Set<String> unavailableColumns = new TreeSet<>();
    private List<String> leftOut = List.of();
    private long rowsCompared;
    private boolean read;
    private boolean stoppedEarly;
    private String trouble;
    private boolean hopeless;

    TableCheck(TableId table, Suspects.Room room) {
        this.table = table;
        this.suspects = new Suspects(room);
    }

    TableId table() {
        return table;
    }

    Suspects suspects() {
        return suspects;
    }

    /** The whole table is about to be read, for the first time or again; what earlier looks have shown stays known. */
    void beginReading(List<String> columnsLeftOut) {
        leftOut = columnsLeftOut;
        rowsCompared = 0;
        read = false;
        stoppedEarly = false;
    }

    void compared(long rows) {
        rowsCompared += rows;
    }

    /** The reading ended; {@code early}: before the table's end, since too many rows are suspicious. */
    void endReading(boolean early) {
        read = true;
        stoppedEarly = early;
        trouble = null;
        suspects.forgetConfirmed();
    }

    /** All suspects were looked at again. */
    void endLook() {
        trouble = null;
        suspects.forgetConfirmed();
        if (stoppedEarly && suspects.size() == 0 && differences() == 0) {
            read = false;
        }
    }

    /** What kept the latest attempt from its end. */
    void failed(UndecidedException why) {
        trouble = why.sentences();
        hopeless = why.scope() == UndecidedException.Scope.TABLE;
    }

    void confirm(String key, Mismatch.Kind kind) {
        confirmed.merge(kind, 1L, Long::sum);
        suspects.confirm(key);
    }

    void unavailable(List<String> columns) {
        if (unavailableColumns.size() < COLUMNS_NAMED) {
            unavailableColumns.addAll(columns);
        }
    }

    boolean needsReading() {
        return !read && !hopeless;
    }

    boolean needsLook() {
        return read && !hopeless && suspects.hasOpen();
    }

    boolean isOpen() {
        return needsReading() || needsLook();
    }

    long differences() {
        return confirmed.values().stream().mapToLong(Long::longValue).sum();
    }

    long rowsCompared() {
        return rowsCompared;
    }

    TableReport report() {
        return new TableReport(
                table,
                rowsCompared,
                confirmed.getOrDefault(Mismatch.Kind.MISSING, 0L),
                confirmed.getOrDefault(Mismatch.Kind.UNEXPECTED, 0L),
                confirmed.getOrDefault(Mismatch.Kind.DIFFERENT, 0L),
                suspects.size(),
                leftOut,
                reasons());
    }

    private List<String> reasons() {
        var reasons = new ArrayList<String>();
        if (trouble != null) {
            reasons.add(trouble);
        } else if (!read) {
            reasons.add("It was not read to its end.");
        }
        if (stoppedEarly) {
            reasons.add("Reading stopped early, since too many rows are not the same: the counts are lower bounds.");
        }
        long undecided = suspects.count(Finding.UNDECIDED);
        if (undecided > 0) {
            reasons.add(rows(undecided) + " changed by transactions that had not visibly ended at any cut."
                    + " Look for transactions that wait for a synchronous standby, or verify again.");
        }
        long unavailable = suspects.count(Finding.UNAVAILABLE);
        if (unavailable > 0) {
            reasons.add(rows(unavailable) + " known in part only: the log did not carry unchanged large values of "
                    + String.join(", ", unavailableColumns)
                    + ". ALTER TABLE " + table.quoted() + " REPLICA IDENTITY FULL, then restart the runner.");
        }
        long once = suspects.count(Finding.MISSING, Finding.UNEXPECTED, Finding.DIFFERENT, Finding.RESHAPED);
        if (once > 0) {
            reasons.add(rows(once) + " not the same at one cut, and there was no time for a second one."
                    + " Verify again, with a larger --timeout.");
        }
        return reasons;
    }

    private static String rows(long count) {
        return count == 1 ? "1 row is" : count + " rows are";
    }
}
