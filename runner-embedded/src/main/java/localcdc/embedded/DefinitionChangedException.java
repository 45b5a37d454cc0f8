package localcdc.embedded;

import localcdc.core.event.TableId;

/** A table in the stream is no longer as it was when it was read. */
final class DefinitionChangedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient TableId table;

    DefinitionChangedException(TableId table, String what) {
        super(table + ": " + what);
        this.table = table;
    }

    TableId table() {
        return table;
    }
}
