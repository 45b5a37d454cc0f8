package localcdc.common.http;

import java.util.function.Supplier;
import localcdc.common.http.RecentChanges.Change;

/** Somebody who follows the changes. For the one thread that hands them out. */
interface LiveReader {

    /**
     * Before the first round.
     *
     * @param upTo the number of the next change; some of those before it are given to {@link #take} all the same, when they came
     *     since the reader did
     * @param newestFirst what is remembered of the changes before {@code upTo}
     */
    default void begin(long upTo, Iterable<Change> newestFirst) {}

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
