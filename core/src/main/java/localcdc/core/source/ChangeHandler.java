package localcdc.core.source;

import java.util.Collection;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.TableId;
import localcdc.core.index.Rebuild;

/** What a source tells while it runs. All calls but {@link #clockOffset} come from one thread at a time. */
public interface ChangeHandler {

    /** The source has moved to another state, for the reason given. */
    void state(SourceState state, String why);

    /** The tables are about to be read anew. The source fills the result and completes it. */
    Rebuild beginRebuild(Collection<TableId> tables);

    /** The next committed change. It is applied when the call returns. */
    void apply(ChangeEvent event);

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
