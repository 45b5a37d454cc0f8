package localcdc.common;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import localcdc.common.cli.ExitCodes;
import localcdc.common.cli.RunnerSettings;
import localcdc.common.cli.StopSignal;
import localcdc.common.http.StatusServer;
import localcdc.common.report.EventLog;
import localcdc.common.report.FinalReport;
import localcdc.common.report.PeriodicReport;
import localcdc.common.report.RunnerStatus;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;

/**
 * One run of a runner, from the start of its pipeline to its final report: opens the status server, the event log, the
 * periodic report and the pipeline in this order, waits for a signal, for the end of the stream, or until the map has
 * caught up, and closes everything in reverse order.
 */
public final class PipelineRun {

    /** How long the batch in hand may take to finish, and what the source has made to be taken away. */
    public static final Duration GRACE = Duration.ofSeconds(30);

    private PipelineRun() {}

    /**
     * Runs until there is a reason to stop. The calling thread waits meanwhile; interrupting it stops the run as well.
     *
     * @param status describes {@code pipeline}; closed here
     * @param server not started; not used with {@code --no-http}
     * @param stop whoever may ask the run to stop; not closed here
     * @param out where the final report goes
     * @return {@link ExitCodes#OK}
     * @throws SourceException when the environment is not ready, or the stream has ended in an error
     */
    public static int run(
            RunnerStatus status, StatusServer.Builder server, RunnerSettings settings, StopSignal stop, PrintWriter out)
            throws SourceException {
        var pipeline = status.pipeline();
        var closing = new ArrayDeque<Runnable>();
        closing.push(status::close);
        try {
            if (settings.http()) {
                var listening =
                        server.address(settings.httpHost(), settings.httpPort()).token(settings.httpToken());
                closing.push(listening.start()::close);
            }
            closing.push(EventLog.start(pipeline, settings.logEvents())::close);
            closing.push(PeriodicReport.start(status, settings.reportEvery())::close);
            closing.push(() -> pipeline.stop(GRACE));
            await(pipeline, starting(pipeline), settings.untilCaughtUp(), stop);
            pipeline.stop(GRACE);
            if (pipeline.state() == SourceState.FAILED && pipeline.failure().isPresent()) {
                throw pipeline.failure().get();
            }
            out.print(FinalReport.of(status, settings.output()));
            out.flush();
            return ExitCodes.OK;
        } finally {
            closing.forEach(Runnable::run);
        }
    }

    /** Starts on a thread of its own, so that a signal is heard while the start waits, for example for a transaction. */
    private static CompletableFuture<Void> starting(Pipeline pipeline) {
        var started = new CompletableFuture<Void>();
        var thread = new Thread(
                () -> {
                    try {
                        pipeline.start();
                        started.complete(null);
                    } catch (SourceException | RuntimeException | Error e) {
                        started.completeExceptionally(e);
                    }
                },
                "start");
        thread.setDaemon(true);
        thread.start();
        return started;
    }

    private static void await(
            Pipeline pipeline, CompletableFuture<Void> started, boolean untilCaughtUp, StopSignal stop) {
        var end = untilCaughtUp
                ? CompletableFuture.anyOf(pipeline.ended(), pipeline.caughtUp())
                : CompletableFuture.anyOf(pipeline.ended());
        try {
            CompletableFuture.anyOf(stop.requested(), started.thenCompose(nothing -> end))
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            // A SourceException is in pipeline.failure() as well; anything else is our bug.
            if (pipeline.failure().isEmpty()) {
                throw new CompletionException(e.getCause());
            }
        }
    }
}
