package localcdc.common.http;

import java.util.function.Supplier;
import localcdc.common.http.RecentChanges.Change;

/** Somebody who follows the changes. For the one thread that hands them out. */
interface LiveReader {

    /**
     * Before anything else.
     *
     * @param newestFirst what is remembered of the changes before those that this reader is given
     */
    default void begin(Iterable<Change> newestFirst) {}

    /**
     * A change has been applied.
     *
     * @param json the change as an object without line breaks; made when first asked for, and once for all readers
     */
    void take(Change change, Supplier<byte[]> json);

    /**
     * A round is over; now is the time to send.
     *
     * @param lost how many changes were overtaken in it before they could be looked at
     * @param nanos {@link System#nanoTime()}
     */
    void endRound(long lost, long nanos);

    /** The connection. */
    LiveClient client();
}
