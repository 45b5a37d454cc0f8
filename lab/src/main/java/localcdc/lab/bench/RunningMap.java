package localcdc.lab.bench;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import localcdc.common.cli.LogEvents;
import localcdc.common.cli.RunnerSettings;
import localcdc.common.http.KeyParser;
import localcdc.common.http.StatusServer;
import localcdc.common.pg.PgSettings;
import localcdc.common.report.EventLog;
import localcdc.common.report.PeriodicReport;
import localcdc.common.report.RunnerStatus;
import localcdc.core.pipeline.Latency;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;
import localcdc.embedded.EmbeddedRunner;
import localcdc.embedded.EmbeddedSettings;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.TablePattern;
import localcdc.kafka.KafkaRunner;
import localcdc.kafka.KafkaSettings;

/**
 * A runner as its jar runs it, with everything that hangs on the map: status server, sampled event log, periodic report.
 * For one thread.
 */
final class RunningMap implements AutoCloseable, Following.Followed {

    private static final Duration READY = Duration.ofMinutes(10);

    private final ArrayDeque<Runnable> closing = new ArrayDeque<>();
    private final Path path;
    private StatusServer server;
    private long startedNanos;
    private long cpuAtStart;

    /** What the two runners have in common. */
    private record Path(Pipeline pipeline, KeyParser keys, Runnable close) {}

    private RunningMap(Path path) {
        this.path = path;
    }

    /**
     * Starts the embedded runner; returns before the snapshot has been read.
     *
     * @param debezium properties of the engine that win over the runner's
     */
    static RunningMap embedded(PgSettings postgres, Engine engine, Map<String, String> debezium)
            throws SourceException {
        var runner = new EmbeddedRunner(new EmbeddedSettings(
                postgres,
                List.of(TablePattern.parse(BenchTable.ID.toString())),
                List.of(),
                "cdc",
                null,
                null,
                engine,
                debezium));
        return started(new Path(runner.pipeline(), runner.keys(), runner::close));
    }

    /** Starts the Kafka runner; returns before it has read what the topic holds. */
    static RunningMap kafka(String bootstrapServers, String topic) throws SourceException {
        var runner = new KafkaRunner(KafkaSettings.of(bootstrapServers, topic));
        return started(new Path(runner.pipeline(), runner.keys(), runner::close));
    }

    private static RunningMap started(Path path) throws SourceException {
        var running = new RunningMap(path);
        boolean started = false;
        try {
            running.open();
            started = true;
            return running;
        } finally {
            if (!started) {
                running.close();
            }
        }
    }

    private void open() throws SourceException {
        var defaults = RunnerSettings.defaults();
        var status = RunnerStatus.of(path.pipeline()).build();
        closing.push(status::close);
        server = StatusServer.of(status, path.keys())
                .address(defaults.httpHost(), OptionalInt.of(0))
                .start();
        closing.push(server::close);
        closing.push(EventLog.start(path.pipeline(), LogEvents.SAMPLED)::close);
        closing.push(PeriodicReport.start(status, defaults.reportEvery())::close);
        closing.push(path.close());
        startedNanos = System.nanoTime();
        cpuAtStart = ChangeCount.cpuNanos();
        path.pipeline().start();
    }

    /** Waits until it has caught up with what was there at its start. */
    Map<String, Double> awaitCaughtUp() {
        pipeline().caughtUp().join();
        var values = new TreeMap<String, Double>();
        values.put(Measurement.SECONDS, (System.nanoTime() - startedNanos) / 1e9);
        values.put(Measurement.CPU_SECONDS, (ChangeCount.cpuNanos() - cpuAtStart) / 1e9);
        return values;
    }

    Pipeline pipeline() {
        return path.pipeline();
    }

    /** The port of its status server. */
    int port() {
        return server.port();
    }

    /** Forgets the latencies recorded so far. */
    @Override
    public void resetLatency() {
        path.pipeline().latency().reset();
        path.pipeline().stages().reset();
    }

    /** The latencies recorded so far, in milliseconds: {@code p50} and so on, and each stage's as {@code STAGE.p50}. */
    @Override
    public Map<String, Double> latency() {
        var values = new TreeMap<String, Double>();
        put(values, "", path.pipeline().latency());
        var stages = path.pipeline().stages();
        stages.names().forEach(stage -> put(values, stage + ".", stages.latency(stage)));
        return values;
    }

    /** A distribution's figures under names that begin so. */
    static void put(Map<String, Double> values, String prefix, Latency latency) {
        var figures = latency.percentiles();
        values.put(prefix + Measurement.COUNT, (double) figures.count());
        values.put(prefix + "p50", figures.p50());
        values.put(prefix + "p90", figures.p90());
        values.put(prefix + "p99", figures.p99());
        values.put(prefix + "max", figures.max());
    }

    /** Waits until the snapshot is in the map. */
    void awaitSnapshot() throws InterruptedException, SourceException {
        long deadline = System.nanoTime() + READY.toNanos();
        while (pipeline().reader().tables().isEmpty()) {
            var failure = pipeline().failure();
            if (failure.isPresent()) {
                throw failure.get();
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no snapshot after " + READY);
            }
            // No event tells it; a look each millisecond is exact enough and costs nothing.
            Thread.sleep(1);
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** Ends the stream and all that hangs on the map; the map stays. May be repeated. */
    void stop() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
