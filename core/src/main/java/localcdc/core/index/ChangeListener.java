package localcdc.core.index;

import localcdc.core.event.ChangeEvent;

/** Somebody who is told of each change after it was applied, on the writer's thread. */
@FunctionalInterface
public interface ChangeListener {

    /**
     * Must not block and must not throw.
     *
     * @param event the change
     * @param before the row's state before it, or null
     * @param after the row's state after it, or null
     */
    void changed(ChangeEvent event, LatestState before, LatestState after);
}
