package localcdc.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import localcdc.common.cli.LogEvents;
import localcdc.common.cli.LogLevel;
import localcdc.common.cli.RunnerSettings;
import localcdc.common.cli.StopSignal;
import localcdc.common.cli.TextFormat;
import localcdc.common.http.StatusServer;
import localcdc.common.report.RunnerStatus;
import localcdc.core.event.RowShape;
import localcdc.core.event.TableId;
import localcdc.core.index.HashMapIndexer;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;
import org.junit.jupiter.api.Test;

class PipelineRunTest {

    private final TestSource source = new TestSource();
    private final Pipeline pipeline = new Pipeline("embedded", source, new HashMapIndexer());
    private final StopSignal stop = StopSignal.manual();
    private final StringWriter out = new StringWriter();

    private CompletableFuture<Integer> run(boolean untilCaughtUp) {
        var settings = new RunnerSettings(
                "127.0.0.1",
                OptionalInt.of(0),
                true,
                Optional.empty(),
                LogEvents.NONE,
                Duration.ZERO,
                untilCaughtUp,
                TextFormat.JSON,
                TextFormat.TEXT,
                LogLevel.INFO,
                List.of());
        var status = RunnerStatus.of(pipeline).build();
        return CompletableFuture.supplyAsync(() -> {
            try {
                return PipelineRun.run(
                        status, StatusServer.of(status, new TestKeys()), settings, stop, new PrintWriter(out));
            } catch (SourceException e) {
                throw new CompletionException(e);
            }
        });
    }

    private void snapshot() {
        await().until(source::isStarted);
        source.snapshot(Map.of(new RowShape(new TableId("s", "t"), List.of("id"), 0), List.of(List.of("1"))));
    }

    @Test
    void leavesWithZeroOnceItHasCaughtUp() throws Exception {
        var run = run(true);
        snapshot();

        assertThat(run.get(20, TimeUnit.SECONDS)).isZero();

        assertThat(source.isStopped()).isTrue();
        var report = new ObjectMapper().readTree(out.toString());
        assertThat(report.get("state").asText()).isEqualTo("STOPPED");
        assertThat(report.get("tables").get(0).get("size").asInt()).isEqualTo(1);
    }

    @Test
    void leavesWithZeroWhenAskedToStop() throws Exception {
        var run = run(false);
        snapshot();
        assertThat(run).isNotDone();

        stop.request("SIGTERM");

        assertThat(run.get(20, TimeUnit.SECONDS)).isZero();
        assertThat(source.isStopped()).isTrue();
    }

    @Test
    void endsWithTheCauseWhenTheStreamFails() {
        var run = run(true);
        await().until(source::isStarted);

        source.handler().failed(new SourceException("The slot is gone.", "Start again."));

        assertThatThrownBy(() -> run.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(SourceException.class)
                .hasMessageContaining("The slot is gone.");
        assertThat(pipeline.state()).isEqualTo(SourceState.FAILED);
    }

    @Test
    void endsWithTheCauseWhenTheStartFails() {
        source.refuse(new SourceException("wal_level is 'replica'.", "Set it to logical."));

        assertThatThrownBy(() -> run(false).get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(SourceException.class)
                .hasMessageContaining("wal_level");
        assertThat(out.toString()).isEmpty();
    }
}
