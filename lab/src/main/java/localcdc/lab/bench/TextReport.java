package localcdc.lab.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The measurements for people. */
final class TextReport {

    /** As the Kafka runner names them. */
    private static final List<String> STAGES = List.of("commitToCaptured", "capturedToAppended", "appendedToApplied");

    private final StringBuilder out = new StringBuilder();
    private final Results results;

    private TextReport(Results results) {
        this.results = results;
    }

    static String of(Map<String, String> machine, Results results) {
        var report = new TextReport(results);
        machine.forEach((name, value) -> report.line("%-20s %s", name, value));
        for (var figure : Figure.values()) {
            report.figure(figure);
        }
        report.line("");
        report.line(
                "Map equals Postgres: %s (%d maps compared, every row)",
                results.anyDifferent() ? "NO" : "yes", results.compared());
        return report.out.toString();
    }

    private void figure(Figure figure) {
        var findings = results.findings().stream()
                .filter(finding -> finding.figure() == figure)
                .toList();
        if (findings.isEmpty()) {
            return;
        }
        line("");
        line("%s  %s", figure, figure.title());
        switch (figure) {
            case P1 ->
                rates(List.of(Variant.MAP_STREAM, Variant.ENGINE_STREAM, Variant.RAW_STREAM, Variant.RECVLOGICAL));
            case P2 ->
                rates(List.of(Variant.MAP_STREAM, Variant.ENGINE_JSON_STREAM, Variant.ENGINE_JSON_SCHEMAS_STREAM));
            case P3 -> rates(TableRounds.SNAPSHOT);
            case P6 ->
                TableRounds.MEMORY.forEach(
                        variant -> row(variant, variant.label(), one -> one.value(Measurement.BYTES_A_ROW), "%,.0f"));
            case P4 -> rates(TopicRounds.TOPIC);
            case P5 -> {
                rates(KafkaStreamRounds.STREAM);
                KafkaStreamRounds.STREAM.forEach(variant -> row(
                        variant,
                        "CPU s of Connect, start included: " + variant.label(),
                        one -> one.value("connect.cpuSeconds"),
                        "%.1f"));
            }
            case P7 -> latency(Variant.MAP_LATENCY, List.of(), List.of());
            case P9 ->
                rates(List.of(
                        Variant.MAP_DIRECT_STREAM, Variant.ENGINE_STREAM, Variant.RAW_STREAM, Variant.RECVLOGICAL));
            case P10 -> {
                latency(Variant.MAP_DIRECT_LATENCY, List.of(), List.of());
                for (var rate : List.of("200", "2000")) {
                    for (var name : List.of("p50", "p99")) {
                        row(
                                Variant.RAW_LATENCY,
                                "at " + rate + " changes/s: " + name + ", " + Variant.RAW_LATENCY.label(),
                                one -> one.value(rate + "." + name),
                                "%,.1f");
                    }
                }
            }
            case P11 -> watched();
            case P12 -> asked();
            case P8 -> latency(Variant.MAP_KAFKA_LATENCY, STAGES, List.of("broker", "connect", "runner"));
        }
        findings.forEach(this::finding);
    }

    private void rates(List<Variant> variants) {
        for (var variant : variants) {
            row(variant, variant.label(), Measurement::rate, "%,.0f");
        }
        for (var variant : variants) {
            if (results.of(variant).stream().allMatch(one -> one.values().containsKey(Measurement.CPU_SECONDS))) {
                row(variant, "CPU s: " + variant.label(), one -> one.value(Measurement.CPU_SECONDS), "%.1f");
            }
        }
    }

    private void latency(Variant variant, List<String> stages, List<String> processes) {
        for (var rate : List.of("200", "2000")) {
            var at = "at " + rate + " changes/s: ";
            for (var name : List.of("changesPerSecond", "p50", "p99", "max")) {
                row(variant, at + name, one -> one.value(rate + "." + name), "%,.1f");
            }
            for (var stage : stages) {
                for (var name : List.of("p50", "p99")) {
                    row(variant, at + stage + " " + name, one -> one.value(rate + "." + stage + "." + name), "%,.1f");
                }
            }
            row(variant, at + "CPU, % of a core", one -> 100 * one.value(rate + ".cpu"), "%.1f");
            for (var process : processes) {
                row(variant, at + "CPU of " + process, one -> 100 * one.value(rate + ".cpu." + process), "%.1f");
            }
        }
        row(variant, "idle CPU, % of a core", one -> 100 * one.value("idle.cpu"), "%.1f");
        for (var process : processes) {
            row(variant, "idle CPU of " + process, one -> 100 * one.value("idle.cpu." + process), "%.1f");
        }
    }

    private void watched() {
        for (var name : List.of(PageRounds.ALONE, PageRounds.SERVED, PageRounds.WATCHED, PageRounds.WHOLLY_WATCHED)) {
            for (var value : List.of("changesPerSecond", "p50", "p99", "max")) {
                row(Variant.MAP_WATCHED, name + ": " + value, one -> one.value(name + "." + value), "%,.1f");
            }
            row(Variant.MAP_WATCHED, name + ": CPU of runner", one -> 100 * one.value(name + ".cpu.runner"), "%.1f");
        }
        for (var name : List.of(PageRounds.WATCHED, PageRounds.WHOLLY_WATCHED)) {
            row(
                    Variant.MAP_WATCHED,
                    name + ": CPU of the browser, % of a core",
                    one -> 100 * one.value(name + ".cpu.browser"),
                    "%.1f");
        }
    }

    private void asked() {
        for (var question : List.of(
                QuestionRounds.STATUS,
                QuestionRounds.FIRST_PAGE,
                QuestionRounds.NEXT_PAGE,
                QuestionRounds.KEY,
                QuestionRounds.TEXT)) {
            for (var value : List.of("first", "p50", "p99", "max")) {
                row(Variant.MAP_ASKED, question + ": " + value, one -> one.value(question + "." + value), "%,.1f");
            }
        }
    }

    private void row(Variant variant, String name, ToDoubleFunction<Measurement> value, String format) {
        var values = results.values(variant, value);
        if (values.isEmpty()) {
            return;
        }
        var line = new StringBuilder(String.format(Locale.ROOT, "  %-52s", name));
        values.forEach(one -> line.append(String.format(Locale.ROOT, " %9s", String.format(Locale.ROOT, format, one))));
        line.append("   median ").append(String.format(Locale.ROOT, format, Statistics.median(values)));
        out.append(line).append('\n');
    }

    private void finding(Finding finding) {
        var line = new StringBuilder(String.format(Locale.ROOT, "  => %-49s", finding.name()));
        finding.perRound().forEach(one -> line.append(String.format(Locale.ROOT, " %9.2f", one)));
        line.append(String.format(
                Locale.ROOT,
                "   median %.2f, to reach %s %s: %s",
                finding.value(),
                finding.atLeast() ? ">=" : "<=",
                number(finding.goal()),
                finding.isMet() ? "met" : "MISSED"));
        finding.stretch().ifPresent(stretch -> line.append("; stretch ")
                .append(number(stretch))
                .append(finding.isStretchMet() ? ": met" : ": not met"));
        out.append(line).append('\n');
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private void line(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
