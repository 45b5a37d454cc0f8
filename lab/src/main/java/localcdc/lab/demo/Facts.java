package localcdc.lab.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import localcdc.common.verify.TrustCheck;
import localcdc.core.event.Lsn;
import localcdc.core.index.TableStats;
import localcdc.core.pipeline.Latency;

/**
 * What the demo shows, at one moment. Immutable.
 *
 * @param workloadProblem why the workload makes no changes just now; empty while it does
 * @param paths each path's own
 */
record Facts(Duration uptime, String workloadProblem, List<Path> paths) {

    private static final int CHANGES_SHOWN = 6;

    /**
     * What one path shows.
     *
     * @param perSecond events a second over the last few seconds
     * @param latency from commit to map
     * @param latencySpan of which time, such as {@code in the last minute}
     * @param lagBytes null where it is not known
     * @param equal whether the map equals Postgres, in words
     * @param equalAge since when that is known
     * @param recent the last changes, the newest first
     */
    record Path(
            String name,
            String state,
            String position,
            double perSecond,
            Latency.Percentiles latency,
            String latencySpan,
            Long lagBytes,
            String equal,
            Duration equalAge,
            List<TableStats> tables,
            List<ChangeLines.Line> recent) {

        static Path of(DemoPath path, boolean sinceTheStart) {
            var pipeline = path.pipeline();
            var result = path.trust().latest();
            var since = result.map(TrustCheck.Result::ended).orElseGet(pipeline::started);
            return new Path(
                    path.name(),
                    pipeline.state().name(),
                    Lsn.format(pipeline.position()),
                    path.status().eventsPerSecond(),
                    sinceTheStart
                            ? pipeline.latency().percentiles()
                            : pipeline.latency().lastMinute(),
                    sinceTheStart ? "since the start" : "in the last minute",
                    pipeline.sourceStatus().lagBytes(),
                    result.map(TrustCheck.Result::text).orElse("not compared yet"),
                    Duration.between(since, Instant.now()),
                    pipeline.reader().tables(),
                    path.recent().newest(CHANGES_SHOWN));
        }

        /** All rows of the map. */
        long rows() {
            return tables.stream().mapToLong(TableStats::size).sum();
        }
    }

    /** As it is now. */
    static Facts of(Platform platform, SteadyWorkload workload) {
        return of(platform, workload, false);
    }

    /** As it was on the whole. */
    static Facts sinceTheStart(Platform platform, SteadyWorkload workload) {
        return of(platform, workload, true);
    }

    private static Facts of(Platform platform, SteadyWorkload workload, boolean sinceTheStart) {
        var paths = platform.paths();
        return new Facts(
                paths.get(0).pipeline().uptime(),
                workload.problem(),
                paths.stream().map(path -> Path.of(path, sinceTheStart)).toList());
    }
}
