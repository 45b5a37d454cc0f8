package localcdc.core.verify;

import java.util.List;
import localcdc.core.event.TableId;

/**
 * The runner's map as it was for one snapshot of Postgres. The order of calls: {@link #cut} once, then questions. For one
 * thread.
 *
 * <p>Every question fails with scope CUT once the runner can no longer answer: its map was rebuilt, or too many rows have
 * changed.
 */
public interface MapSession extends AutoCloseable {

    /** The beginning of every marker that {@link #cut} takes. */
    String marker();

    /** The tables that the map holds. */
    List<MapTable> tables();

    /** The tables that the map does not hold by the runner's settings, and that are not to be compared. */
    List<TableId> leftOutTables();

    /**
     * From now on, questions are answered for this snapshot.
     *
     * @param snapshot what {@code pg_current_snapshot()} printed after the session was opened
     * @param marker what was put into the log, by a transaction of its own, after the snapshot was taken
     * @throws UndecidedException with scope CUT when the marker did not reach the map in time
     */
    void cut(String snapshot, String marker) throws UndecidedException;

    /**
     * What the map holds at the cut for some keys.
     *
     * @param keys each a JSON array of the key's values, in key order
     * @param answers is called once for each key, in the order of {@code keys}
     */
    void rows(TableId table, List<String> keys, AnswerHandler answers) throws UndecidedException;

    /** How many rows the map holds at the cut. */
    MapCount count(TableId table) throws UndecidedException;

    /** The key of each row that the map holds at the cut, as JSON arrays, in no order; undecided rows are not among them. */
    void keys(TableId table, KeyHandler handler) throws UndecidedException;

    /** Ends the session; may fail silently, since the runner ends forgotten sessions by itself. */
    @Override
    void close();

    /** Takes the answer for the {@code index}th key. */
    @FunctionalInterface
    interface AnswerHandler {
        void answer(int index, MapAnswer answer);
    }

    /** Takes one key. */
    @FunctionalInterface
    interface KeyHandler {
        void key(String key) throws UndecidedException;
    }
}
