package localcdc.embedded;

import localcdc.core.event.ChangeEvent;

/** What a {@link ChangeStream} delivers to, oldest first, on one thread at a time. */
interface ChangeReceiver {

    /**
     * A committed change, to be applied at once.
     *
     * @param capturedMicros when it had been read from the log, microseconds since 1970; 0 where it is not known
     * @param reached everything that was committed before this place has been delivered
     */
    void change(ChangeEvent event, long capturedMicros, long reached);

    /** A change of the transaction that {@link #commit} will end; nobody sees it before. */
    void collect(ChangeEvent event);

    /**
     * A transaction is whole: its changes are to be seen together.
     *
     * @param capturedMicros when its end had been read from the log, microseconds since 1970
     * @param end the place behind its commit
     * @param meanwhile called now and then while a large one is applied
     */
    void commit(long capturedMicros, long end, Runnable meanwhile);

    /** A logical message of ours: all that was committed before it has been delivered. */
    void message(String content, long lsn);

    /** A row, or a table's description, had other columns than the table had when it was read. */
    void newShapeSeen();
}
