package localcdc.lab.demo;

import java.io.PrintWriter;
import java.time.Duration;
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
        out.println(line(facts));
        out.flush();
    }

    static String line(Facts facts) {
        var latest = facts.recent().isEmpty() ? null : facts.recent().get(0);
        return String.format(
                Locale.ROOT,
                "%s  %d rows in %d tables  %.1f changes/s  latency p50 %.1f ms, p99 %.1f ms  map equals Postgres: %s%s%s",
                facts.state(),
                facts.rows(),
                facts.tables().size(),
                facts.perSecond(),
                facts.latency().p50(),
                facts.latency().p99(),
                facts.equal(),
                latest == null ? "" : "  last: " + latest.operation() + " " + latest.table() + " " + latest.key(),
                facts.workloadProblem().isEmpty() ? "" : "  workload waits: " + facts.workloadProblem());
    }

    @Override
    public void close() {
        out.flush();
    }
}
