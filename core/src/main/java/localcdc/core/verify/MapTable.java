package localcdc.core.verify;

import java.util.List;
import localcdc.core.event.TableId;

/**
 * A table that the runner's map holds.
 *
 * @param schemaChanged the table's definition has changed and the runner has not read it again yet
 * @param leftOut columns that the map does not hold, by the runner's settings
 */
public record MapTable(TableId table, boolean schemaChanged, List<String> leftOut) {

    public MapTable {
        leftOut = List.copyOf(leftOut);
    }
}
