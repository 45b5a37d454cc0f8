package localcdc.lab.bench;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import localcdc.common.cli.LogEvents;
import localcdc.common.cli.RunnerSettings;
import localcdc.common.http.StatusServer;
import localcdc.common.pg.PgSettings;
import localcdc.common.report.EventLog;
import localcdc.common.report.PeriodicReport;
import localcdc.common.report.RunnerStatus;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;
import localcdc.embedded.EmbeddedRunner;
import localcdc.embedded.EmbeddedSettings;
import localcdc.embedded.server.TablePattern;

/**
 * The embedded runner as its jar runs it, with everything that hangs on the map: status server, sampled event log,
 * periodic report.
 */
final class RunningMap implements AutoCloseable {

    private static final Duration READY = Duration.ofMinutes(10);

    private final ArrayDeque<Runnable> closing = new ArrayDeque<>();
    private final EmbeddedRunner runner;

    private RunningMap(PgSettings postgres, Map<String, String> debezium) {
        this.runner = new EmbeddedRunner(new EmbeddedSettings(
                postgres,
                List.of(TablePattern.parse(BenchTable.ID.toString())),
                List.of(),
                "cdc",
                null,
                null,
                debezium));
    }

    /** Starts it; returns before the snapshot has been read. */
    static RunningMap start(PgSettings postgres, Map<String, String> debezium) throws SourceException {
        var running = new RunningMap(postgres, debezium);
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
        var status = RunnerStatus.of(runner.pipeline()).build();
        closing.push(status::close);
        var server = StatusServer.of(status, runner.keys())
                .address(defaults.httpHost(), OptionalInt.of(0))
                .start();
        closing.push(server::close);
        closing.push(EventLog.start(runner.pipeline(), LogEvents.SAMPLED)::close);
        closing.push(PeriodicReport.start(status, defaults.reportEvery())::close);
        closing.push(runner::close);
        runner.start();
    }

    Pipeline pipeline() {
        return runner.pipeline();
    }

    /** Waits until the snapshot is in the map. */
    void awaitSnapshot() throws InterruptedException, SourceException {
        // No event tells it; a look each millisecond is exact enough and costs nothing.
        long deadline = System.nanoTime() + READY.toNanos();
        while (pipeline().reader().tables().isEmpty()) {
            var failure = pipeline().failure();
            if (failure.isPresent()) {
                throw failure.get();
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no snapshot after " + READY);
            }
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
