package localcdc.core.event;

/**
 * The transaction a change belongs to. All changes of one transaction share one object, and all rows of one snapshot
 * share one, which keeps an entry of the map small.
 *
 * @param txId the top-level transaction's id, its low 32 bits as the replication protocol sends it; -1 for a snapshot
 * @param commitMicros commit time, microseconds since 1970-01-01 UTC by the database's clock; for a snapshot, when it
 *     was taken
 * @param snapshot whether the rows were read by a snapshot rather than streamed
 */
public record SourcePosition(long txId, long commitMicros, boolean snapshot) {

    /** The position of every row that one snapshot reads. */
    public static SourcePosition ofSnapshot(long takenMicros) {
        return new SourcePosition(-1, takenMicros, true);
    }

    /** The position of every change of one committed transaction. */
    public static SourcePosition ofTransaction(long txId, long commitMicros) {
        return new SourcePosition(txId & 0xFFFF_FFFFL, commitMicros, false);
    }
}
