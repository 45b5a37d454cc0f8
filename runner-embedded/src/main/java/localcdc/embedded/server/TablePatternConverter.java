package localcdc.embedded.server;

import localcdc.common.cli.ParsingConverter;

/** Reads {@link TablePattern}. */
public final class TablePatternConverter extends ParsingConverter<TablePattern> {

    public TablePatternConverter() {
        super(TablePattern::parse);
    }
}
