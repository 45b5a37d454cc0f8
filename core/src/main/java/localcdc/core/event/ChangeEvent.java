package localcdc.core.event;

import java.util.Objects;

/**
 * One committed change of one row, or the truncation of one table.
 *
 * @param operation what happened; a snapshot's {@link Operation#READ} included
 * @param table the table; a partition's change names the partitioned table
 * @param key the row's key; null for a truncate
 * @param row the row as it is after the change; for a delete a row of the key's columns alone; null for a truncate
 * @param previousKey for a row whose key was changed, the key it had before, which this event removes; else null
 * @param lsn the change's own place in the log: it orders changes of one key, and of nothing else; {@link Lsn#NONE} where
 *     the record does not say, and then the order of arrival decides
 * @param position the transaction the change belongs to
 * @param reread the same row with values that the log did not carry and that were read from the table later, so that they
 *     may be newer than this change; for a map that holds no earlier value of those columns. Else null
 */
public record ChangeEvent(
        Operation operation,
        TableId table,
        PrimaryKey key,
        Row row,
        PrimaryKey previousKey,
        long lsn,
        SourcePosition position,
        Row reread) {

    /** A change all of whose known values the log has carried. */
    public ChangeEvent(
            Operation operation,
            TableId table,
            PrimaryKey key,
            Row row,
            PrimaryKey previousKey,
            long lsn,
            SourcePosition position) {
        this(operation, table, key, row, previousKey, lsn, position, null);
    }

    public ChangeEvent {
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(position, "position");
        if (operation != Operation.TRUNCATE) {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(row, "row");
        }
    }

    /** A change that leaves the row's key as it is. */
    public static ChangeEvent of(Operation operation, PrimaryKey key, Row row, long lsn, SourcePosition position) {
        return new ChangeEvent(operation, row.shape().table(), key, row, null, lsn, position);
    }

    /** The truncation of one table. */
    public static ChangeEvent truncate(TableId table, long lsn, SourcePosition position) {
        return new ChangeEvent(Operation.TRUNCATE, table, null, null, null, lsn, position);
    }
}
