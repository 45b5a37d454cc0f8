package localcdc.core.index;

import localcdc.core.event.TableId;

/**
 * How large one table's map is and what was applied to it.
 *
 * @param size rows in the map now
 * @param reads rows read by snapshots, all of them added up
 * @param bytes bytes that the rows' packed values take, without keys and the map's own structure
 */
public record TableStats(
        TableId table, long size, long reads, long creates, long updates, long deletes, long truncates, long bytes) {}
