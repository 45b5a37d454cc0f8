package localcdc.embedded;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import localcdc.core.event.TableId;
import localcdc.embedded.server.CapturedTable;
import localcdc.embedded.server.Selection;

/**
 * What the map was filled from: one slot, one snapshot, and the tables as they were then. A rebuild makes a new one.
 *
 * @param slot the slot that the stream comes from
 * @param publication the publication it is filtered by
 * @param identity the server and its history ({@link ExportedSlot#identity})
 * @param selection what was resolved
 * @param tables the captured tables with their types
 * @param consistentPoint where slot and snapshot stand in the log
 */
record Generation(
        String slot,
        String publication,
        String identity,
        Selection selection,
        List<CapturedShape> tables,
        long consistentPoint) {

    /** The captured tables by name. */
    Map<TableId, CapturedShape> byName() {
        var map = new TreeMap<TableId, CapturedShape>();
        tables.forEach(table -> map.put(table.table().id(), table));
        return map;
    }

    List<Long> oids() {
        return tables.stream().map(CapturedShape::table).map(CapturedTable::oid).toList();
    }
}
