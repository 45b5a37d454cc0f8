package localcdc.core.source;

import java.util.Collection;
import java.util.function.IntPredicate;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.RowShape;
import localcdc.core.event.TableId;
import localcdc.core.index.ApplyResult;
import localcdc.core.index.Rebuild;

/** What a source tells while it runs. All calls but {@link #clockOffset} come from one thread at a time. */
public interface ChangeHandler {

    /** The source has moved to another state, for the reason given. */
    void state(SourceState state, String why);

    /** The tables are about to be read anew. The source fills the result and completes it. */
    Rebuild beginRebuild(Collection<TableId> tables);

    /** A table whose rows will come one by one, with {@link #apply}: the map holds it from now on, empty. */
    void open(TableId table);

    /** A table that turned out not to be one, or that is no longer asked for: the map does not hold it any more. */
    void close(TableId table);

    /**
     * The next committed change. It is applied when the call returns.
     *
     * @param moments when the change had passed each of {@link ChangeSource#stages} but the last, microseconds since 1970; 0
     *     where it is not known. Read before the call returns, so a source may use one array for all changes
     * @return what became of it
     */
    ApplyResult apply(ChangeEvent event, long[] moments);

    /** The next change of the transaction that {@link #commit} will end: nobody sees it before. */
    void collect(ChangeEvent event);

    /**
     * What was collected is a whole transaction; its changes are applied when the call returns, and seen together.
     *
     * @param moments as in {@link #apply}, of the transaction
     * @param meanwhile called now and then while a large one is applied
     */
    void commit(long[] moments, Runnable meanwhile);

    /** What was collected will not be whole: it is forgotten. */
    void discard();

    /** The same as {@link #apply} for a change that was committed long before and is read again to fill the map: its age is no latency. */
    ApplyResult replay(ChangeEvent event);

    /** What is left of a deletion: see {@link localcdc.core.index.HashMapIndexer#applyTombstone}. */
    ApplyResult applyTombstone(ChangeEvent event);

    /**
     * Drops the entries that came by these streams, which are no longer read, or will be read again.
     *
     * @return how many entries went
     */
    long forget(IntPredicate partitions);

    /**
     * A snapshot of all tables has been read to its end: see {@link
     * localcdc.core.index.HashMapIndexer#snapshotEnded}.
     *
     * @return how many entries went
     */
    long snapshotEnded(long lsn);

    /** The log that truncates and snapshots stood in is another one now: see {@link localcdc.core.index.HashMapIndexer#forgetMarks}. */
    void forgetMarks();

    /** Whether the map holds rows of the table that look otherwise than this. Reads the whole table. */
    boolean holdsOtherShapes(TableId table, RowShape shape);

    /** Everything that was committed before {@code lsn} is applied. */
    void reached(long lsn);

    /** A marker that somebody put into the log with this content has come by: all earlier commits are applied. */
    void marker(String content);

    /** Everything that was committed when the source started, or began to recover, is applied. */
    void caughtUp();

    /** The database's clock is ahead of this machine's by so many microseconds. Any thread. */
    void clockOffset(long micros);

    /** The source has ended by itself, in an error. */
    void failed(SourceException cause);
}
