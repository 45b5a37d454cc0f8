package localcdc.lab.demo;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import localcdc.common.http.StatusServer;
import localcdc.common.pg.PgSettings;
import localcdc.common.report.RunnerStatus;
import localcdc.core.source.SourceException;
import localcdc.embedded.EmbeddedRunner;
import localcdc.embedded.EmbeddedSettings;
import localcdc.lab.SamplePostgres;
import localcdc.stack.LocalPostgres;
import localcdc.stack.StackException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that runs in a demo, started in the order of its flow and closed in reverse: Postgres, runner, status
 * server. For one thread, but for the getters.
 */
final class Platform implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Platform.class);

    private final ArrayDeque<Runnable> closing = new ArrayDeque<>();
    private final RecentChanges recent = new RecentChanges();
    private LocalPostgres postgres;
    private RunnerStatus status;
    private StatusServer server;

    private Platform() {}

    /**
     * Starts it all.
     *
     * @throws SourceException when this machine cannot run it; nothing is left behind then
     */
    static Platform start(OptionalInt httpPort) throws SourceException {
        var platform = new Platform();
        boolean started = false;
        try {
            platform.open(httpPort);
            started = true;
            return platform;
        } finally {
            if (!started) {
                platform.close();
            }
        }
    }

    private void open(OptionalInt httpPort) throws SourceException {
        postgres = SamplePostgres.start(0);
        closing.push(postgres::close);
        var runner =
                new EmbeddedRunner(new EmbeddedSettings(settings(), List.of(), List.of(), "cdc", null, null, Map.of()));
        closing.push(runner::close);
        var pipeline = runner.pipeline();
        status = RunnerStatus.of(pipeline).field("engine", () -> "debezium").build();
        closing.push(status::close);
        pipeline.indexer().addListener(recent);
        server = StatusServer.of(status, runner.keys())
                .address("127.0.0.1", httpPort)
                .start();
        closing.push(server::close);
        runner.start();
    }

    PgSettings settings() {
        return SamplePostgres.settings(postgres);
    }

    LocalPostgres postgres() {
        return postgres;
    }

    RunnerStatus status() {
        return status;
    }

    /** Where the status server is, {@code http://HOST:PORT}. */
    String url() {
        return server.url();
    }

    RecentChanges recent() {
        return recent;
    }

    /** Starts Postgres again if it has ended: somebody may have killed it to see what happens. */
    void keepPostgresRunning() throws SourceException {
        if (postgres.isAlive()) {
            return;
        }
        LOG.warn(
                "Postgres has ended with exit code {}: starting it again.",
                postgres.onExit().join());
        try {
            postgres.start();
        } catch (StackException e) {
            throw new SourceException(e.problem(), e.remedy(), e);
        }
        LOG.warn("Postgres is back on port {} with its data.", postgres.port());
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
