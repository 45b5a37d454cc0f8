package localcdc.lab.demo;

import java.time.Duration;
import java.util.List;
import localcdc.core.event.Lsn;
import localcdc.core.index.TableStats;
import localcdc.core.pipeline.Latency;
import localcdc.lab.TrustCheck;

/**
 * What the demo shows, at one moment. Immutable.
 *
 * @param perSecond events a second over the last few seconds
 * @param lagBytes null where it is not known
 * @param equal whether the map equals Postgres, in words
 * @param equalAge since when that is known
 * @param workloadProblem why the workload makes no changes just now; empty while it does
 * @param recent the last changes, the newest first
 */
record Facts(
        Duration uptime,
        String state,
        String position,
        double perSecond,
        Latency.Percentiles latency,
        Long lagBytes,
        String equal,
        Duration equalAge,
        String workloadProblem,
        List<TableStats> tables,
        List<RecentChanges.Line> recent) {

    private static final int CHANGES_SHOWN = 6;

    static Facts of(Platform platform, SteadyWorkload workload, TrustCheck trust) {
        var status = platform.status();
        var pipeline = status.pipeline();
        var result = trust.latest();
        return new Facts(
                pipeline.uptime(),
                pipeline.state().name(),
                Lsn.format(pipeline.position()),
                status.eventsPerSecond(),
                pipeline.latency().percentiles(),
                pipeline.sourceStatus().lagBytes(),
                result.text(),
                Duration.ofNanos(System.nanoTime() - result.nanos()),
                workload.problem(),
                pipeline.reader().tables(),
                platform.recent().newest(CHANGES_SHOWN));
    }

    /** All rows of the map. */
    long rows() {
        return tables.stream().mapToLong(TableStats::size).sum();
    }
}
