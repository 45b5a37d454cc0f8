package localcdc.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import localcdc.common.cli.LeftOut;
import localcdc.core.event.TableId;
import localcdc.embedded.server.CapturedTable;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.Selection;
import localcdc.embedded.server.TablePattern;
import localcdc.embedded.server.TableSelection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables that were selected at the start, looked at again when definitions have changed. A table that is gone or has
 * lost its key is missing until it can be captured again; whatever else was made meanwhile waits for the next start. For
 * one thread.
 */
final class Recapture {

    private static final Logger LOG = LoggerFactory.getLogger(Recapture.class);

    private final Selection first;
    private final Engine engine;
    private final SourceFacts facts;

    Recapture(Selection first, Engine engine, SourceFacts facts) {
        this.first = first;
        this.engine = engine;
        this.facts = facts;
    }

    /** Those that can be captured now; the others are told to the facts, each with the reason. */
    Selection now(Connection connection) throws SQLException {
        var tables = new ArrayList<CapturedTable>();
        Map<TableId, String> missing = new LinkedHashMap<>();
        for (var earlier : first.tables()) {
            var selection = resolve(connection, earlier.id());
            if (selection.errors().isEmpty()) {
                tables.addAll(selection.tables());
            } else {
                missing.put(earlier.id(), selection.errors().get(0).found());
            }
        }
        missing.forEach((table, reason) -> {
            if (!facts.missing().containsKey(table)) {
                LOG.warn("{} leaves the map until it can be captured again: {}", table, reason);
            }
        });
        facts.missing(missing);
        return new Selection(first.patterns(), first.leaveOuts(), tables, first.skipped(), List.of());
    }

    /** A missing table that can be captured again, or null. */
    TableId back(Connection connection) throws SQLException {
        for (var table : facts.missing().keySet()) {
            if (resolve(connection, table).errors().isEmpty()) {
                return table;
            }
        }
        return null;
    }

    private Selection resolve(Connection connection, TableId table) throws SQLException {
        // A '*' in a name stands for itself here.
        var exactly = List.of(TablePattern.parse(table.pathForm().replace("*", "%2A")));
        var leftOut = first.leaveOuts().stream()
                .filter(one -> one.table().equals(table))
                .toList();
        var selection = TableSelection.resolve(connection, exactly, leftOut, engine);
        // A column that was left out may be gone by now: then there is nothing to leave out.
        return selection.errors().isEmpty() || leftOut.isEmpty()
                ? selection
                : TableSelection.resolve(connection, exactly, List.<LeftOut>of(), engine);
    }
}
