package localcdc.core.index;

/** What became of an event that was handed to the index. */
public enum ApplyResult {
    APPLIED,
    /** The map has this change already, or a newer one of the same key: the event was a replay and changed nothing. */
    IGNORED_AS_STALE,
    /** The event names a table that the map does not hold. */
    IGNORED_AS_UNKNOWN_TABLE
}
