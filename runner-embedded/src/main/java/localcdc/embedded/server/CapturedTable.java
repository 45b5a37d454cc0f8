package localcdc.embedded.server;

import java.util.List;
import java.util.Objects;
import localcdc.core.event.RowShape;
import localcdc.core.event.TableId;

/**
 * A table whose rows go into the map, as it looked when it was resolved.
 *
 * @param partitioned whether this is the root of a partitioned table; else it is read with {@code ONLY}
 * @param columns in the table's order, without those left out
 * @param key where in {@code columns} the key's columns stand, in key order: the primary key, or else the columns of the
 *     index that is the replica identity
 * @param leftOut the names of columns that {@code --leave-out} takes away
 * @param estimatedRows the planner's estimate, over all partitions; 0 when the table was never analysed
 * @param estimatedPages pages of 8 kB, likewise
 * @param signature its definition, to tell later whether it has changed
 */
public record CapturedTable(
        TableId id,
        long oid,
        boolean partitioned,
        List<CapturedColumn> columns,
        List<Integer> key,
        List<String> leftOut,
        long estimatedRows,
        long estimatedPages,
        TableSignature signature) {

    public CapturedTable {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(signature, "signature");
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        leftOut = List.copyOf(leftOut);
        for (int ordinal : key) {
            Objects.checkIndex(ordinal, columns.size());
        }
    }

    public List<String> columnNames() {
        return columns.stream().map(CapturedColumn::name).toList();
    }

    /** {@link #key} as an array. */
    public int[] keyOrdinals() {
        return key.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The columns and the key as rows carry them. */
    public RowShape shape() {
        return new RowShape(id, columnNames(), keyOrdinals());
    }

    /** What stands behind {@code FROM} to read exactly this table's rows: a parent's children are tables of their own. */
    public String from() {
        return partitioned ? id.quoted() : "ONLY " + id.quoted();
    }
}
