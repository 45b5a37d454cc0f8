package localcdc.core.verify;

/** The running runner whose map is verified. For one thread. */
@FunctionalInterface
public interface MapSide {

    /**
     * Asks the runner to keep, from now on, the states that its map replaces.
     *
     * @throws UndecidedException with scope CUT while the runner is not ready or has no room for another session
     */
    MapSession open() throws UndecidedException;
}
