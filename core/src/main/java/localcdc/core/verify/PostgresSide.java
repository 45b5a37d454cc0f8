package localcdc.core.verify;

import java.util.List;
import localcdc.core.event.TableId;

/** The database that the map is compared with. For one thread. */
public interface PostgresSide {

    /**
     * Takes a snapshot of the database to read one table in.
     *
     * @param leftOut columns that are not to be read
     */
    PostgresCut begin(TableId table, List<String> leftOut) throws UndecidedException;

    /** Puts a marker into the log, in a transaction of its own that has committed when the call returns. */
    void emit(String marker) throws UndecidedException;
}
