package localcdc.core.event;

import java.util.Locale;

/** What happened to a row, or to a whole table. */
public enum Operation {
    /** The row was read by a snapshot; it may have been there for years. */
    READ,
    CREATE,
    UPDATE,
    DELETE,
    /** Every row of the table went at once; the event has neither key nor row. */
    TRUNCATE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The operation's name in JSON and in logs, such as {@code create}. */
    public String label() {
        return label;
    }
}
