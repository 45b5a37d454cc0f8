package localcdc.core.index;

import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;

/** Which row: a table and a key of it. */
public record RowId(TableId table, PrimaryKey key) {}
