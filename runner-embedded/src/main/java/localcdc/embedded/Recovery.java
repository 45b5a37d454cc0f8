package localcdc.embedded;

import java.sql.SQLException;
import java.util.Set;
import localcdc.common.pg.PgSettings;
import localcdc.embedded.server.CatalogSignature;

/** What passes by itself, and whether the stream can go on after it. */
final class Recovery {

    /** Admin shutdown, crash shutdown, starting up, too many connections, cancelled, lock not available, deadlock. */
    private static final Set<String> PASSING =
            Set.of("57P01", "57P02", "57P03", "53300", "57014", "55P03", "55006", "58P01", "40P01");

    private Recovery() {}

    /** Whether trying again may help: the connection was lost, or the server is on its way down or up. */
    static boolean isPassing(Exception e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql && sql.getSQLState() != null) {
                String state = sql.getSQLState();
                if (state.startsWith("08") || PASSING.contains(state)) {
                    return true;
                }
            }
            if (t instanceof java.io.IOException) {
                return true;
            }
        }
        return false;
    }

    /** The first line of what went wrong. */
    static String reason(Throwable e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    /**
     * Whether the slot can deliver everything that the map lacks: it is the same server and history, the slot is there,
     * not lost, and no table's definition has changed meanwhile.
     */
    static boolean canResume(PgSettings postgres, ControlSession control, Generation generation) throws SQLException {
        if (generation == null) {
            return false;
        }
        try (var replication = ExportedSlot.connect(postgres)) {
            if (!replication.identity().equals(generation.identity())) {
                return false;
            }
        }
        var slot = control.slot(generation.slot());
        if (!slot.usable()) {
            return false;
        }
        var now = CatalogSignature.read(control.connection(), generation.oids());
        return generation.tables().stream().allMatch(table -> CatalogSignature.describeChange(
                        table.table().signature(), now.get(table.table().oid()))
                .isEmpty());
    }
}
