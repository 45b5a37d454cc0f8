package localcdc.lab.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A line now and then: for pipes, files and terminals that cannot do more. */
final class PlainView implements LiveView {

    private final PrintWriter out;

    PlainView(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(3);
    }

    @Override
    public void show(Facts facts) {
        lines(facts).forEach(out::println);
        out.flush();
    }

    /** A line for each path. */
    static List<String> lines(Facts facts) {
        return facts.paths().stream()
                .map(path -> line(path)
                        + (facts.workloadProblem().isEmpty() ? "" : "  workload waits: " + facts.workloadProblem()))
                .toList();
    }

    private static String line(Facts.Path path) {
        var latest = path.recent().isEmpty() ? null : path.recent().get(0);
        return String.format(
                Locale.ROOT,
                "%-8s  %s  %d rows in %d tables  %.1f changes/s  %s  map equals Postgres: %s%s",
                path.name(),
                path.state(),
                path.rows(),
                path.tables().size(),
                path.perSecond(),
                latency(path),
                path.equal(),
                latest == null ? "" : "  last: " + latest.operation() + " " + latest.table() + " " + latest.key());
    }

    private static String latency(Facts.Path path) {
        var latency = path.latency();
        return latency.count() == 0
                ? "no change " + path.latencySpan()
                : String.format(
                        Locale.ROOT,
                        "latency %s p50 %.1f ms, p99 %.1f ms",
                        path.latencySpan(),
                        latency.p50(),
                        latency.p99());
    }

    @Override
    public void close() {
        out.flush();
    }
}
