package localcdc.core.event;

/**
 * Where a change comes from: its transaction and, where the source has several streams, the one that carried it. All
 * changes of one transaction and stream share one object, and all rows of one snapshot share one, which keeps an entry of
 * the map small.
 *
 * @param txId the top-level transaction's id, its low 32 bits as the replication protocol sends it; below zero for a
 *     snapshot and where it is not known
 * @param commitMicros commit time, microseconds since 1970-01-01 UTC by the database's clock; for a snapshot, when it
 *     was taken
 * @param partition the stream, by a number of the source's own choice; 0 where there is but one. Records of one stream
 *     come in the order in which they were written, records of several in any order
 */
public record SourcePosition(long txId, long commitMicros, int partition) {

    private static final long SNAPSHOT = -1;
    private static final long UNKNOWN = -2;

    /** The position of every row that one snapshot reads. */
    public static SourcePosition ofSnapshot(long takenMicros) {
        return ofSnapshot(takenMicros, 0);
    }

    /** The position of every row of one snapshot that one stream carries. */
    public static SourcePosition ofSnapshot(long takenMicros, int partition) {
        return new SourcePosition(SNAPSHOT, takenMicros, partition);
    }

    /** The position of every change of one committed transaction. */
    public static SourcePosition ofTransaction(long txId, long commitMicros) {
        return ofTransaction(txId, commitMicros, 0);
    }

    /** The position of every change of one committed transaction that one stream carries. */
    public static SourcePosition ofTransaction(long txId, long commitMicros, int partition) {
        return new SourcePosition(txId & 0xFFFF_FFFFL, commitMicros, partition);
    }

    /** The position of a committed change whose record does not name the transaction. */
    public static SourcePosition ofUnknown(long commitMicros, int partition) {
        return new SourcePosition(UNKNOWN, commitMicros, partition);
    }

    /** Whether the row was read by a snapshot rather than streamed. */
    public boolean snapshot() {
        return txId == SNAPSHOT;
    }

    /** Whether {@link #txId} is a transaction's id. */
    public boolean hasTransaction() {
        return txId >= 0;
    }
}
