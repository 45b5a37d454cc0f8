package localcdc.lab.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import localcdc.core.verify.TableReport;
import localcdc.core.verify.VerifyReport;

/** The comparison as a table for people. */
final class CompareText {

    /** In the order of a change's way; no path has all of them. */
    private static final Map<String, String> STAGES = stages();

    private static final List<String> FIGURES = List.of("p50", "p90", "p99", "max");
    private static final List<String> PROCESSES = List.of("broker", "connect", "runner");

    private final StringBuilder out = new StringBuilder();

    private CompareText() {}

    private static Map<String, String> stages() {
        var stages = new LinkedHashMap<String, String>();
        stages.put("", "commit -> map");
        stages.put("commitToCaptured.", "commit -> captured");
        stages.put("capturedToAppended.", "captured -> appended");
        stages.put("appendedToApplied.", "appended -> applied");
        stages.put("capturedToApplied.", "captured -> applied");
        return stages;
    }

    static String of(Comparison.Outcome outcome) {
        var text = new CompareText();
        outcome.machine().forEach((name, value) -> text.line("%-20s %s", name, value));
        text.table(
                "Each path alone",
                outcome.results().stream().filter(one -> !one.together()).toList());
        text.table(
                "At once",
                outcome.results().stream().filter(PathResult::together).toList());
        text.defaults(outcome.results());
        text.line("");
        text.line("Every map of ours equals Postgres: %s", outcome.allEqual() ? "yes" : "NO");
        return text.out.toString();
    }

    private void table(String title, List<PathResult> results) {
        if (results.isEmpty()) {
            return;
        }
        line("");
        row(title, results, one -> one.contender().title());
        STAGES.forEach((stage, name) -> {
            if (results.stream().anyMatch(one -> one.latency().containsKey(stage + "p50"))) {
                for (var figure : FIGURES) {
                    row(
                            "  " + name + ", " + figure + " ms",
                            results,
                            one -> number("%,.1f", one.latency().get(stage + figure)));
                }
            }
        });
        row("  at full speed, changes/s applied", results, one -> number("%,.0f", one.appliedPerSecond()));
        row("  while so many were written", results, one -> number("%,.0f", one.writtenPerSecond()));
        byProcess("  CPU at the low rate, % of a core", results, PathResult::latencyCpu, 100, "%.1f");
        byProcess("  CPU s at full speed", results, PathResult::throughputCpuSeconds, 1, "%.1f");
        byProcess("  resident memory, MiB", results, PathResult::residentMib, 1, "%,.0f");
        row("  map equals Postgres", results, one -> equal(one.verify()));
    }

    private void byProcess(
            String title,
            List<PathResult> results,
            Function<PathResult, Map<String, Double>> values,
            double factor,
            String format) {
        row(
                title,
                results,
                one -> values.apply(one).isEmpty() ? "-" : number(format, factor * PathResult.sum(values.apply(one))));
        if (results.stream().noneMatch(one -> values.apply(one).size() > 1)) {
            return;
        }
        for (var name : PROCESSES) {
            row("    of it " + name, results, one -> {
                var value = values.apply(one).get(name);
                return number(format, value == null ? null : factor * value);
            });
        }
    }

    /** Where the half second goes that one sees without any settings. */
    private void defaults(List<PathResult> results) {
        var explained = new ArrayList<String>();
        for (var one : results) {
            if (one.contender().isOurs()) {
                continue;
            }
            var parts = new ArrayList<String>();
            STAGES.forEach((stage, name) -> {
                var median = one.latency().get(stage + "p50");
                if (!stage.isEmpty() && median != null) {
                    parts.add(number("%,.0f", median) + " ms " + name);
                }
            });
            explained.add("  " + one.contender().title() + ": of a median of "
                    + number("%,.0f", one.latency().get("p50")) + " ms, " + String.join(", ", parts) + ".");
        }
        if (!explained.isEmpty()) {
            line("");
            line("Where the time goes with the defaults (medians)");
            explained.forEach(text -> line("%s", text));
            line(
                    "  poll.interval.ms is 500: the log's reader naps so long when it has found nothing (before captured), and"
                            + " a");
            line("  batch that is not full is held as long before anyone gets it (after captured).");
        }
    }

    private static String equal(Optional<VerifyReport> verify) {
        if (verify.isEmpty()) {
            return "-";
        }
        long rows = verify.get().tables().stream()
                .mapToLong(TableReport::rowsCompared)
                .sum();
        return switch (verify.get().verdict()) {
            case EQUAL -> String.format(Locale.ROOT, "yes, %,d rows", rows);
            case DIFFERENT -> "NO";
            case UNDECIDED -> "not decided";
        };
    }

    private static String number(String format, Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, format, value);
    }

    private void row(String name, List<PathResult> results, Function<PathResult, String> value) {
        var line = new StringBuilder(String.format(Locale.ROOT, "%-36s", name));
        results.forEach(one -> line.append(String.format(Locale.ROOT, " %20s", value.apply(one))));
        line("%s", line.toString());
    }

    private void line(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
