package localcdc.core.source;

/** The states a path goes through; the names are a contract. */
public enum SourceState {
    STARTING,
    /** The first snapshot is being read. */
    SNAPSHOT,
    /** The map is filled anew; readers see the old one until the new one is whole. */
    REBUILDING,
    STREAMING,
    /** The stream was cut; the source reconnects by itself. */
    RECOVERING,
    STOPPING,
    STOPPED,
    /** Ended in an error. */
    FAILED;

    /** Whether nothing comes after this state. */
    public boolean isEnd() {
        return this == STOPPED || this == FAILED;
    }
}
