package localcdc.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Everything that was measured, and what it comes to. Ratios are taken within a round, where the machine was the same for
 * both sides, and the median of the rounds counts. Immutable.
 */
record Results(List<Measurement> measurements) {

    /** Transactions a second do not matter to these names; the number is the rate of changes. */
    private static final List<String> RATES = List.of("200", "2000");

    Results {
        measurements = List.copyOf(measurements);
    }

    /** The variants that were measured, in their own order. */
    List<Variant> variants() {
        return Stream.of(Variant.values())
                .filter(variant -> measurements.stream().anyMatch(one -> one.variant() == variant))
                .toList();
    }

    /** What one variant has shown, round by round. */
    List<Measurement> of(Variant variant) {
        return measurements.stream().filter(one -> one.variant() == variant).toList();
    }

    /** Some value of a variant in each round. */
    List<Double> values(Variant variant, ToDoubleFunction<Measurement> value) {
        return of(variant).stream().map(value::applyAsDouble).toList();
    }

    /** Whether some map was compared with Postgres and was not the same. */
    boolean anyDifferent() {
        return measurements.stream().anyMatch(Measurement::isDifferent);
    }

    /** How many maps were compared with Postgres. */
    long compared() {
        return measurements.stream()
                .filter(one -> one.values().containsKey(Measurement.EQUAL))
                .count();
    }

    /** What the figures come to; only those whose variants were measured. */
    List<Finding> findings() {
        var findings = new ArrayList<Finding>();
        ratio(findings, Figure.P1, Variant.MAP_STREAM, Variant.ENGINE_STREAM, 0.9, 1.25);
        boolean tool = !of(Variant.RECVLOGICAL).isEmpty();
        ratio(findings, Figure.P1, Variant.MAP_STREAM, tool ? Variant.RECVLOGICAL : Variant.RAW_STREAM, 0.35, 0.5);
        ratio(findings, Figure.P2, Variant.MAP_STREAM, Variant.ENGINE_JSON_STREAM, 1.1, 1.5);
        ratio(findings, Figure.P2, Variant.MAP_STREAM, Variant.ENGINE_JSON_SCHEMAS_STREAM, 1.4, 2);
        ratio(findings, Figure.P3, Variant.MAP_SNAPSHOT, Variant.COPY, 0.35, 0.5);
        ratio(findings, Figure.P3, Variant.MAP_SNAPSHOT, Variant.ENGINE_SNAPSHOT, 4, Double.NaN);
        ratio(findings, Figure.P4, Variant.MAP_TOPIC, Variant.RAW_TOPIC, 0.45, 0.55);
        ratio(findings, Figure.P4, Variant.MAP_TOPIC, Variant.READ_TREE_TOPIC, 2, Double.NaN);
        ratio(findings, Figure.P4, Variant.MAP_TOPIC, Variant.READ_TREE_STOCK_TOPIC, 2, Double.NaN);
        ratio(findings, Figure.P5, Variant.MAP_KAFKA_STREAM, Variant.RAW_KAFKA_STREAM, 0.9, Double.NaN);
        ratio(findings, Figure.P5, Variant.MAP_KAFKA_STREAM, Variant.DEFAULT_KAFKA_STREAM, 8, 10);
        ratio(findings, Figure.P5, Variant.MAP_KAFKA_STREAM, Variant.TUNED_JSON_KAFKA_STREAM, 1.1, Double.NaN);
        if (!of(Variant.MAP_MEMORY).isEmpty()) {
            atMost(findings, Figure.P6, "bytes a row", Variant.MAP_MEMORY, Measurement.BYTES_A_ROW, 1, 300, 230);
            var ratios = ratios(Variant.MAP_MEMORY, Variant.LINKED_MEMORY, one -> one.value(Measurement.BYTES_A_ROW));
            findings.add(new Finding(
                    Figure.P6, "of " + Variant.LINKED_MEMORY.label(), ratios, 0.35, OptionalDouble.empty(), false));
        }
        latency(findings, Figure.P7, Variant.MAP_LATENCY, 10);
        if (!of(Variant.MAP_LATENCY).isEmpty()) {
            atMost(findings, Figure.P7, "idle CPU, % of a core", Variant.MAP_LATENCY, "idle.cpu", 100, 12, Double.NaN);
        }
        latency(findings, Figure.P8, Variant.MAP_KAFKA_LATENCY, 15);
        direct(findings, tool);
        watched(findings);
        asked(findings);
        return findings;
    }

    private void watched(List<Finding> findings) {
        if (of(Variant.MAP_WATCHED).isEmpty()) {
            return;
        }
        for (var stretch : List.of(PageRounds.SERVED, PageRounds.WATCHED, PageRounds.WHOLLY_WATCHED)) {
            findings.add(new Finding(
                    Figure.P11,
                    stretch + ": p99, of that alone",
                    toAlone(stretch, "p99"),
                    1.1,
                    OptionalDouble.empty(),
                    false));
            findings.add(new Finding(
                    Figure.P11,
                    stretch + ": changes/s, of those alone",
                    toAlone(stretch, "changesPerSecond"),
                    0.9,
                    OptionalDouble.empty(),
                    true));
        }
    }

    private void asked(List<Finding> findings) {
        if (of(Variant.MAP_ASKED).isEmpty()) {
            return;
        }
        for (var question : List.of(QuestionRounds.FIRST_PAGE, QuestionRounds.KEY)) {
            var slowest = question + ".max";
            atMost(findings, Figure.P12, question + ": the slowest", Variant.MAP_ASKED, slowest, 1, 100, Double.NaN);
        }
    }

    private List<Double> toAlone(String stretch, String value) {
        return values(
                Variant.MAP_WATCHED,
                one -> one.value(stretch + '.' + value) / one.value(PageRounds.ALONE + '.' + value));
    }

    private void direct(List<Finding> findings, boolean tool) {
        ratio(
                findings,
                Figure.P9,
                Variant.MAP_DIRECT_STREAM,
                tool ? Variant.RECVLOGICAL : Variant.RAW_STREAM,
                1.3,
                Double.NaN);
        ratio(findings, Figure.P9, Variant.MAP_DIRECT_STREAM, Variant.ENGINE_STREAM, 3.5, Double.NaN);
        if (!of(Variant.MAP_DIRECT_STREAM).isEmpty()
                && !of(Variant.ENGINE_STREAM).isEmpty()) {
            var cpu =
                    ratios(Variant.MAP_DIRECT_STREAM, Variant.ENGINE_STREAM, one -> one.value(Measurement.CPU_SECONDS));
            findings.add(new Finding(
                    Figure.P9, "CPU, of " + Variant.ENGINE_STREAM.label(), cpu, 0.25, OptionalDouble.empty(), false));
        }
        if (!of(Variant.MAP_DIRECT_LATENCY).isEmpty()) {
            for (var rate : RATES) {
                var at = " at " + rate + " changes/s, ms";
                atMost(findings, Figure.P10, "p50" + at, Variant.MAP_DIRECT_LATENCY, rate + ".p50", 1, 0.3, Double.NaN);
                atMost(findings, Figure.P10, "p99" + at, Variant.MAP_DIRECT_LATENCY, rate + ".p99", 1, 2, Double.NaN);
                later(findings, rate);
            }
            atMost(
                    findings,
                    Figure.P10,
                    "idle CPU, % of a core",
                    Variant.MAP_DIRECT_LATENCY,
                    "idle.cpu",
                    100,
                    1,
                    Double.NaN);
        }
    }

    /** A change cannot be here before its commit is on disk: how much later than at a reader that does nothing with it. */
    private void later(List<Finding> findings, String rate) {
        var ours = of(Variant.MAP_DIRECT_LATENCY);
        var raw = of(Variant.RAW_LATENCY);
        if (ours.size() == raw.size()) {
            var later = new ArrayList<Double>();
            for (int i = 0; i < ours.size(); i++) {
                later.add(ours.get(i).value(rate + ".p50") - raw.get(i).value(rate + ".p50"));
            }
            findings.add(new Finding(
                    Figure.P10,
                    "p50 at " + rate + " later than " + Variant.RAW_LATENCY.label() + ", ms",
                    later,
                    0.3,
                    OptionalDouble.empty(),
                    false));
        }
    }

    private void latency(List<Finding> findings, Figure figure, Variant variant, double stretch) {
        if (of(variant).isEmpty()) {
            return;
        }
        for (var rate : RATES) {
            var name = "p99 at " + rate + " changes/s, ms";
            atMost(findings, figure, name, variant, rate + ".p99", 1, 25, stretch);
        }
    }

    private void ratio(
            List<Finding> findings, Figure figure, Variant ours, Variant baseline, double goal, double stretch) {
        if (of(ours).isEmpty() || of(baseline).isEmpty()) {
            return;
        }
        findings.add(new Finding(
                figure,
                "x " + baseline.label(),
                ratios(ours, baseline, Measurement::rate),
                goal,
                optional(stretch),
                true));
    }

    private void atMost(
            List<Finding> findings,
            Figure figure,
            String name,
            Variant variant,
            String value,
            double factor,
            double goal,
            double stretch) {
        var values = values(variant, one -> one.value(value) * factor);
        findings.add(new Finding(figure, name, values, goal, optional(stretch), false));
    }

    private static OptionalDouble optional(double value) {
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private List<Double> ratios(Variant ours, Variant baseline, ToDoubleFunction<Measurement> value) {
        var ratios = new ArrayList<Double>();
        for (var one : of(ours)) {
            of(baseline).stream()
                    .filter(other -> other.round() == one.round())
                    .forEach(other -> ratios.add(value.applyAsDouble(one) / value.applyAsDouble(other)));
        }
        return ratios;
    }
}
