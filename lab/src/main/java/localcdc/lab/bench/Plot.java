package localcdc.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import localcdc.lab.bench.BarChart.Bar;
import localcdc.lab.bench.BarChart.Line;
import localcdc.lab.bench.BarChart.Panel;

/** The measurements as a picture: medians, and what is to be reached. */
final class Plot {

    private final Results results;

    private Plot(Results results) {
        this.results = results;
    }

    static String svg(Results results) {
        var plot = new Plot(results);
        var panels = new ArrayList<Panel>();
        plot.rates(panels, "P1, P2, P9  Streaming, changes/s", streaming());
        plot.rates(panels, "P3  Snapshot, rows/s", TableRounds.SNAPSHOT);
        plot.rates(panels, "P4  Reading a finished topic, records/s", TopicRounds.TOPIC);
        plot.rates(panels, "P5  Streaming through Kafka, changes/s", KafkaStreamRounds.STREAM);
        plot.memory(panels);
        plot.latency(panels, Figure.P7, Variant.MAP_LATENCY);
        plot.latency(panels, Figure.P8, Variant.MAP_KAFKA_LATENCY);
        plot.latency(panels, Figure.P10, Variant.MAP_DIRECT_LATENCY);
        return BarChart.svg(panels);
    }

    /** The variants that were measured, ours first, with one line for each goal: so many times the baseline's median. */
    private void rates(List<Panel> panels, String title, List<Variant> variants) {
        if (variants.stream().allMatch(variant -> results.of(variant).isEmpty())) {
            return;
        }
        var bars = new ArrayList<Bar>();
        for (var variant : variants) {
            bar(bars, variant, variant.label(), Measurement::rate);
        }
        var lines = new ArrayList<Line>();
        for (var finding : results.findings()) {
            for (var variant : variants) {
                if (finding.name().equals("x " + variant.label())) {
                    double median = Statistics.median(results.values(variant, Measurement::rate));
                    lines.add(new Line(finding.figure() + " " + finding.goal() + " x", finding.goal() * median));
                }
            }
        }
        panels.add(new Panel(title, bars, lines));
    }

    private static List<Variant> streaming() {
        return List.of(
                Variant.MAP_DIRECT_STREAM,
                Variant.MAP_STREAM,
                Variant.ENGINE_STREAM,
                Variant.ENGINE_JSON_STREAM,
                Variant.ENGINE_JSON_SCHEMAS_STREAM,
                Variant.RAW_STREAM,
                Variant.RECVLOGICAL);
    }

    private void memory(List<Panel> panels) {
        if (results.of(Variant.MAP_MEMORY).isEmpty()) {
            return;
        }
        var bars = new ArrayList<Bar>();
        for (var variant : TableRounds.MEMORY) {
            bar(bars, variant, variant.label(), one -> one.value(Measurement.BYTES_A_ROW));
        }
        panels.add(new Panel("P6  Memory, bytes a row (less is better)", bars, goals(Figure.P6, "bytes")));
    }

    private void latency(List<Panel> panels, Figure figure, Variant variant) {
        if (results.of(variant).isEmpty()) {
            return;
        }
        var bars = new ArrayList<Bar>();
        for (var rate : List.of("200", "2000")) {
            for (var name : List.of("p50", "p99")) {
                bar(bars, variant, name + " at " + rate + " changes/s", one -> one.value(rate + "." + name));
            }
        }
        panels.add(new Panel(figure + "  Latency, ms (less is better)", bars, goals(figure, "p99 at 200 ")));
        var cpu = new ArrayList<Bar>();
        bar(cpu, variant, "while nothing happens", one -> 100 * one.value("idle.cpu"));
        panels.add(new Panel(figure + "  CPU, % of a core (less is better)", cpu, goals(figure, "idle")));
    }

    private List<Line> goals(Figure figure, String name) {
        return results.findings().stream()
                .filter(finding -> finding.figure() == figure && finding.name().startsWith(name))
                .map(finding -> new Line("at most " + (int) finding.goal(), finding.goal()))
                .toList();
    }

    private void bar(List<Bar> bars, Variant variant, String label, ToDoubleFunction<Measurement> value) {
        var values = results.values(variant, value);
        if (!values.isEmpty()) {
            bars.add(new Bar(label, Statistics.median(values), variant.isOurs()));
        }
    }
}
