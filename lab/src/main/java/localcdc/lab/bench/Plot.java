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
        plot.rates(panels, "P1, P2  Streaming, changes/s", Variant.MAP_STREAM);
        plot.rates(panels, "P3  Snapshot, rows/s", Variant.MAP_SNAPSHOT);
        plot.memory(panels);
        plot.latency(panels);
        return BarChart.svg(panels);
    }

    /** All variants that were measured beside ours, with one line for each goal: so many times the baseline's median. */
    private void rates(List<Panel> panels, String title, Variant ours) {
        if (results.of(ours).isEmpty()) {
            return;
        }
        var bars = new ArrayList<Bar>();
        var suffix = ours == Variant.MAP_SNAPSHOT ? TableRounds.SNAPSHOT : streaming();
        for (var variant : suffix) {
            bar(bars, variant, variant.label(), Measurement::rate);
        }
        var lines = new ArrayList<Line>();
        for (var finding : results.findings()) {
            for (var variant : suffix) {
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

    private void latency(List<Panel> panels) {
        if (results.of(Variant.MAP_LATENCY).isEmpty()) {
            return;
        }
        var bars = new ArrayList<Bar>();
        for (var rate : List.of("200", "2000")) {
            for (var name : List.of("p50", "p99")) {
                bar(
                        bars,
                        Variant.MAP_LATENCY,
                        name + " at " + rate + " changes/s",
                        one -> one.value(rate + "." + name));
            }
        }
        panels.add(new Panel("P7  Latency, ms (less is better)", bars, goals(Figure.P7, "p99 at 200 ")));
        var cpu = new ArrayList<Bar>();
        bar(cpu, Variant.MAP_LATENCY, "while nothing happens", one -> 100 * one.value("idle.cpu"));
        panels.add(new Panel("P7  CPU, % of a core (less is better)", cpu, goals(Figure.P7, "idle")));
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
