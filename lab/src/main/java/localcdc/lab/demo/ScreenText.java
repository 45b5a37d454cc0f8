package localcdc.lab.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import localcdc.core.index.TableStats;
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
        lines.add(markup("@|bold Postgres -> write-ahead log -> Debezium -> HashMap|@   ")
                + format(
                        "up %s   Ctrl-C stops it and leaves nothing behind",
                        clock(facts.uptime().toSeconds())));
        lines.add("");
        lines.addAll(addresses);
        lines.add("");
        if (!facts.workloadProblem().isEmpty()) {
            lines.add("workload waits: " + facts.workloadProblem());
        }
        facts.paths().forEach(path -> lines.addAll(path(path)));
        lines.add("");
        lines.addAll(tables(facts.paths()));
        lines.add("");
        lines.add(markup("@|bold last changes|@"));
        for (var change : facts.paths().get(0).recent()) {
            lines.add(format("  %-8s %s %s  %s", change.operation(), change.table(), change.key(), change.what()));
        }
        if (!log.isEmpty()) {
            lines.add("");
            lines.addAll(log);
        }
        return lines;
    }

    private static List<String> path(Facts.Path path) {
        var latency = path.latency();
        return List.of(
                markup(format("@|bold %-9s|@", path.name()) + colour(path.state(), "STREAMING".equals(path.state())))
                        + format("   position %s   behind by %s", path.position(), bytes(path.lagBytes()))
                        + format("   %.1f changes/s", path.perSecond()),
                latency.count() == 0
                        ? "         no change " + path.latencySpan()
                        : format(
                                "         commit to map %s, ms: p50 %.1f   p90 %.1f   p99 %.1f   max %.1f",
                                path.latencySpan(), latency.p50(), latency.p90(), latency.p99(), latency.max()),
                markup("         map equals Postgres: "
                                + colour(path.equal(), path.equal().startsWith("yes")))
                        + format(" (%d s ago)", path.equalAge().toSeconds()));
    }

    /** A row for each table, of the first path's counts and of every path's size. */
    private static List<String> tables(List<Facts.Path> paths) {
        var lines = new ArrayList<String>();
        var sizes = new StringBuilder();
        paths.forEach(path -> sizes.append(format(" %9s", path.name())));
        lines.add(markup(
                format("@|bold %-26s%s %9s %9s %9s|@", "rows of table", sizes, "created", "updated", "deleted")));
        paths.get(0).tables().stream().limit(TABLES_SHOWN).forEach(table -> {
            var held = new StringBuilder();
            paths.forEach(path -> held.append(format(" %9s", size(path, table))));
            lines.add(format(
                    "%-26s%s %9d %9d %9d", table.table(), held, table.creates(), table.updates(), table.deletes()));
        });
        return lines;
    }

    private static String size(Facts.Path path, TableStats table) {
        return path.tables().stream()
                .filter(other -> other.table().equals(table.table()))
                .map(other -> Long.toString(other.size()))
                .findFirst()
                .orElse("-");
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
