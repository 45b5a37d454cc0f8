package localcdc.common.verify;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import localcdc.core.event.TableId;
import localcdc.core.verify.Mismatch;
import localcdc.core.verify.TableReport;
import localcdc.core.verify.VerifyReport;

/** A verification's result for people: a line for each table, the differences, the verdict. Stateless. */
final class ReportText {

    private static final List<String> HEADINGS =
            List.of("rows compared", "missing", "unexpected", "different", "in flight");

    private ReportText() {}

    static void print(VerifyReport report, PrintWriter out) {
        int width = report.tables().stream()
                .mapToInt(table -> table.table().toString().length())
                .max()
                .orElse(0);
        width = Math.max(width, "table".length());
        out.println(pad("table", width) + "  " + String.join("  ", HEADINGS));
        for (var table : report.tables()) {
            out.println(pad(table.table().toString(), width) + counts(table));
        }
        for (var table : report.tables()) {
            if (!table.leftOut().isEmpty()) {
                out.println(table.table() + ": not compared, since the runner leaves them out: "
                        + String.join(", ", table.leftOut()));
            }
            table.reasons().forEach(reason -> out.println(table.table() + ": " + reason));
        }
        if (!report.leftOutTables().isEmpty()) {
            out.println("Tables not compared, since the runner leaves them out: "
                    + report.leftOutTables().stream().map(TableId::toString).collect(Collectors.joining(", ")));
        }
        report.mismatches().forEach(mismatch -> print(mismatch, out));
        out.println(verdict(report));
    }

    private static String counts(TableReport table) {
        var counts =
                List.of(table.rowsCompared(), table.missing(), table.unexpected(), table.different(), table.inFlight());
        var line = new StringBuilder();
        for (int i = 0; i < counts.size(); i++) {
            var text = Long.toString(counts.get(i));
            line.append("  ").append(" ".repeat(Math.max(0, HEADINGS.get(i).length() - text.length())));
            line.append(text);
        }
        return line.toString();
    }

    private static void print(Mismatch mismatch, PrintWriter out) {
        out.println(mismatch.kind().name().toLowerCase(Locale.ROOT) + " " + mismatch.table() + " " + mismatch.key());
        out.println("  map       " + (mismatch.map() == null ? "no such row" : mismatch.map()));
        out.println("  postgres  " + (mismatch.postgres() == null ? "no such row" : mismatch.postgres()));
    }

    private static String verdict(VerifyReport report) {
        long rows =
                report.tables().stream().mapToLong(TableReport::rowsCompared).sum();
        long differences =
                report.tables().stream().mapToLong(TableReport::differences).sum();
        return switch (report.verdict()) {
            case EQUAL -> "The map equals Postgres: " + rows + " rows compared, both ways.";
            case DIFFERENT ->
                "The map does not equal Postgres: " + differences + (differences == 1 ? " row differs" : " rows differ")
                        + (differences > report.mismatches().size()
                                ? ", the first " + report.mismatches().size() + " of them are shown."
                                : ".");
            case UNDECIDED -> "It could not be decided whether the map equals Postgres, for the reasons above.";
        };
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
