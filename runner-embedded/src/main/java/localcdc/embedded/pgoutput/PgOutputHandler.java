package localcdc.embedded.pgoutput;

/**
 * Receives what {@link PgOutputDecoder} reads, in the order of the messages. Transactions come whole and in the order of
 * their commits: {@link #begin}, changes, {@link #commit}. Tuples and byte arrays belong to the decoder's caller and are
 * valid during the call only.
 */
public interface PgOutputHandler {

    /**
     * A committed transaction's changes follow.
     *
     * @param commitLsn where its commit stands in the log
     * @param commitMicros when it was committed, microseconds since 1970-01-01 UTC by the server's clock
     * @param txId the top-level transaction's id, its low 32 bits
     */
    void begin(long commitLsn, long commitMicros, long txId);

    /**
     * The transaction's end.
     *
     * @param endLsn the place behind the commit: everything before it has been delivered
     */
    void commit(long endLsn);

    /** A table's definition, before its first row and whenever it has changed. */
    void relation(PgRelation relation);

    /** A new row. */
    void insert(PgRelation relation, Tuple row);

    /**
     * A row that has changed.
     *
     * @param old the row before, or its key alone, where the key has changed or the replica identity is full; else null
     */
    void update(PgRelation relation, Tuple old, Tuple row);

    /**
     * A row that is gone.
     *
     * @param old the row before, or its key alone
     */
    void delete(PgRelation relation, Tuple old);

    /** A table that was emptied; called for each table of the statement. */
    void truncate(PgRelation relation);

    /**
     * A logical message ({@code pg_logical_emit_message}).
     *
     * @param transactional whether it belongs to the transaction that surrounds it; others come outside of any
     * @param lsn where it stands in the log
     * @param message the bytes that hold its content
     */
    void message(boolean transactional, long lsn, String prefix, byte[] message, int from, int length);
}
