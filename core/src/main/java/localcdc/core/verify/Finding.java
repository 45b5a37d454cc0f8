package localcdc.core.verify;

/** What one look at one row, on both sides, has shown. */
enum Finding {
    EQUAL,
    /** Postgres has the row, the map has not. */
    MISSING,
    /** The map has the row, Postgres has not. */
    UNEXPECTED,
    DIFFERENT,
    /** The sides do not even have the same columns: the table's definition may have changed a moment ago. */
    RESHAPED,
    /** All that is known is equal, but the map does not know some columns. */
    UNAVAILABLE,
    /** The map does not know what it held at the cut. */
    UNDECIDED;

    boolean isDifference() {
        return this == MISSING || this == UNEXPECTED || this == DIFFERENT || this == RESHAPED;
    }
}
