package localcdc.lab.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import localcdc.lab.bench.BarChart;
import localcdc.lab.bench.BarChart.Bar;
import localcdc.lab.bench.BarChart.Panel;

/** The comparison as a picture. */
final class ComparePlot {

    private final List<PathResult> results;
    private final List<Panel> panels = new ArrayList<>();

    private ComparePlot(List<PathResult> results) {
        this.results = results;
    }

    static String svg(Comparison.Outcome outcome) {
        var plot = new ComparePlot(outcome.results());
        plot.panel("Latency commit to map, median, ms (less is better)", one -> latency(one, "p50"));
        plot.panel("Latency commit to map, p99, ms (less is better)", one -> latency(one, "p99"));
        plot.panel("At full speed, changes/s", one -> OptionalDouble.of(one.appliedPerSecond()));
        plot.panel(
                "CPU s at full speed, all processes (less is better)",
                one -> OptionalDouble.of(PathResult.sum(one.throughputCpuSeconds())));
        plot.panel(
                "Resident memory of all processes, MiB (less is better)",
                one -> one.residentMib().isEmpty()
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(PathResult.sum(one.residentMib())));
        return BarChart.svg(plot.panels);
    }

    private static OptionalDouble latency(PathResult one, String figure) {
        var value = one.latency().get(figure);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private void panel(String title, Function<PathResult, OptionalDouble> value) {
        var bars = new ArrayList<Bar>();
        for (var one : results) {
            var label = one.contender().title() + (one.together() ? ", all at once" : ", alone");
            value.apply(one)
                    .ifPresent(height ->
                            bars.add(new Bar(label, height, one.contender().isOurs())));
        }
        if (!bars.isEmpty()) {
            panels.add(new Panel(title, bars, List.of()));
        }
    }
}
