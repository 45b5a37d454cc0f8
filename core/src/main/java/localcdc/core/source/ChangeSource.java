package localcdc.core.source;

import java.time.Duration;
import java.util.List;

/**
 * Delivers changes, oldest first; a path from Postgres to the map is one of these. Used once; {@link #stop} may be
 * repeated. The handler is called on one thread at a time, which the source owns.
 */
public interface ChangeSource {

    /**
     * The stretches of a change's way from the commit to the map, in order and by name, such as {@code commitToCaptured}:
     * where each but the last ended is told with every change. At least one; the same at any time.
     */
    List<String> stages();

    /**
     * Begins to deliver and returns; everything else is told to the handler, the end included.
     *
     * @throws SourceException when the environment is not ready; nothing is left behind then
     */
    void start(ChangeHandler handler) throws SourceException;

    /** What the source knows of itself now. Any thread may ask. */
    SourceStatus status();

    /**
     * Finishes the batch in hand, takes away what the source has made on the server (slot, publication) and returns.
     *
     * @param grace how long to wait for the batch in hand
     */
    void stop(Duration grace);
}
