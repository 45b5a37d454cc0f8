package localcdc.common.http;

import java.io.IOException;
import java.util.Map;
import localcdc.common.report.RunnerStatus;
import localcdc.core.source.SourceState;

/** Whether the runner lives, whether it is ready, and all its figures. */
final class HealthEndpoints {

    private final RunnerStatus status;

    HealthEndpoints(RunnerStatus status) {
        this.status = status;
    }

    /** {@code GET /livez}: 503 once the source has ended in an error. */
    void live(Exchange exchange) throws IOException {
        var pipeline = status.pipeline();
        exchange.json(
                pipeline.state() == SourceState.FAILED ? 503 : 200,
                Map.of("state", pipeline.state().name(), "stateReason", pipeline.stateReason()));
    }

    /** {@code GET /readyz}: 503, with the progress, until everything committed at the start is applied. */
    void ready(Exchange exchange) throws IOException {
        var progress = status.progress();
        exchange.json(Boolean.TRUE.equals(progress.get("ready")) ? 200 : 503, progress);
    }

    /** {@code GET /api/status}. */
    void status(Exchange exchange) throws IOException {
        exchange.json(200, status.asMap());
    }
}
