package localcdc.lab.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/** The live screen's lines, made from facts alone. */
final class ScreenText {

    private static final int TABLES_SHOWN = 8;

    private ScreenText() {}

    /**
     * The screen from top to bottom, with colours.
     *
     * @param addresses what to try, ready to be printed
     * @param log the last log lines, oldest first
     */
    static List<String> lines(Facts facts, List<String> addresses, List<String> log) {
        var lines = new ArrayList<String>();
        lines.add(markup("@|bold Postgres -> write-ahead log -> Debezium engine -> HashMap|@   ")
                + format(
                        "up %s   Ctrl-C stops it and leaves nothing behind",
                        clock(facts.uptime().toSeconds())));
        lines.add("");
        lines.addAll(addresses);
        lines.add("");
        lines.add(markup("state    " + colour(facts.state(), "STREAMING".equals(facts.state())))
                + format("   position %s   behind by %s", facts.position(), bytes(facts.lagBytes())));
        lines.add(format("changes  %.1f/s", facts.perSecond())
                + (facts.workloadProblem().isEmpty() ? "" : "   workload waits: " + facts.workloadProblem()));
        var latency = facts.latency();
        lines.add(format(
                "latency  commit to map, ms: p50 %.1f   p90 %.1f   p99 %.1f   max %.1f",
                latency.p50(), latency.p90(), latency.p99(), latency.max()));
        lines.add(markup("equal    map equals Postgres: "
                        + colour(facts.equal(), facts.equal().startsWith("yes")))
                + format(" (%d s ago)", facts.equalAge().toSeconds()));
        lines.add("");
        lines.add(markup(format(
                "@|bold %-26s %9s %9s %9s %9s %9s|@", "table", "rows", "read", "created", "updated", "deleted")));
        facts.tables().stream()
                .limit(TABLES_SHOWN)
                .forEach(table -> lines.add(format(
                        "%-26s %9d %9d %9d %9d %9d",
                        table.table(),
                        table.size(),
                        table.reads(),
                        table.creates(),
                        table.updates(),
                        table.deletes())));
        lines.add("");
        lines.add(markup("@|bold last changes|@"));
        for (var change : facts.recent()) {
            lines.add(format("  %-8s %s %s  %s", change.operation(), change.table(), change.key(), change.what()));
        }
        if (!log.isEmpty()) {
            lines.add("");
            lines.addAll(log);
        }
        return lines;
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String markup(String text) {
        return Ansi.ON.string(text);
    }

    private static String colour(String text, boolean good) {
        return "@|bold," + (good ? "green " : "yellow ")
                + text.replace("@|", "@ |").replace("|@", "| @") + "|@";
    }

    private static String clock(long seconds) {
        return format("%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    private static String bytes(Long bytes) {
        return bytes == null ? "?" : bytes < 10_000 ? bytes + " bytes" : format("%.1f kB", bytes / 1000.0);
    }
}
