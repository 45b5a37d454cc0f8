package localcdc.embedded.server;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Replication slots as a table for people. */
public final class SlotsReport {
    private static final List<String> HEADER =
            List.of("NAME", "PLUGIN", "DATABASE", "ACTIVE", "WAL STATUS", "RETAINED", "OWN");

    private SlotsReport() {}

    /** Prints one line a slot beneath a heading, or a sentence when there is none. */
    public static void print(List<ReplicationSlot> slots, PrintWriter out) {
        if (slots.isEmpty()) {
            out.println("The server has no replication slots.");
            out.flush();
            return;
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEADER);
        slots.forEach(slot -> lines.add(cells(slot)));
        int[] widths = new int[HEADER.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = line.get(i);
                text.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
            }
            out.println(text.toString().stripTrailing());
        }
        out.flush();
    }

    private static List<String> cells(ReplicationSlot slot) {
        return List.of(
                slot.name(),
                slot.plugin().isEmpty() ? "(physical)" : slot.plugin(),
                slot.database().isEmpty() ? "-" : slot.database(),
                slot.active() ? "pid " + slot.activePid() : "no",
                (slot.walStatus().isEmpty() ? "-" : slot.walStatus())
                        + slot.invalidationReason()
                                .map(reason -> " (" + reason + ")")
                                .orElse(""),
                Bytes.text(slot.retainedBytes()),
                slot.own() ? "yes" : "no");
    }
}
