package localcdc.lab.demo;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import localcdc.common.http.KeyParser;
import localcdc.common.http.StatusServer;
import localcdc.common.pg.PgSettings;
import localcdc.common.report.RunnerStatus;
import localcdc.common.verify.TrustCheck;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;
import localcdc.embedded.EmbeddedRunner;
import localcdc.embedded.EmbeddedSettings;
import localcdc.embedded.server.Engine;
import localcdc.kafka.KafkaRunner;
import localcdc.kafka.KafkaSettings;
import localcdc.lab.KafkaPlatform;

/** One path of a demo: its runner, a status server on a free port, and the comparisons with Postgres. Any thread may ask. */
final class DemoPath implements AutoCloseable {

    private final String name;
    private final Again again;
    private final PathThreads threads;
    private final RunnerStatus status;
    private final ChangeLines recent = new ChangeLines();
    private final Runnable closeRunner;
    private StatusServer server;
    /** Kept beyond the server's end: a start that fails is tried again at the same address. */
    private int port;

    private String url;
    private TrustCheck trust;

    /** Starts the path anew, with its status server at this port. */
    private interface Again {
        DemoPath start(int port) throws SourceException;
    }

    private DemoPath(String name, Again again, PathThreads threads, RunnerStatus status, Runnable closeRunner) {
        this.name = name;
        this.again = again;
        this.threads = threads;
        this.status = status;
        this.closeRunner = closeRunner;
    }

    private interface Start {
        void run() throws SourceException;
    }

    /** An engine in this JVM. */
    static DemoPath embedded(Engine engine, PgSettings postgres, Duration verifyEvery, Race race)
            throws SourceException {
        return embedded(engine, postgres, verifyEvery, race, 0);
    }

    private static DemoPath embedded(Engine engine, PgSettings postgres, Duration verifyEvery, Race race, int port)
            throws SourceException {
        var name = engine == Engine.DIRECT ? "direct" : "embedded";
        var threads = new PathThreads(name);
        return threads.begin(() -> {
            var runner = new EmbeddedRunner(
                    new EmbeddedSettings(postgres, List.of(), List.of(), "cdc", null, null, engine, Map.of()));
            var status = RunnerStatus.of(runner.pipeline())
                    .field("engine", engine::toString)
                    .build();
            var path = new DemoPath(
                    name, next -> embedded(engine, postgres, verifyEvery, race, next), threads, status, runner::close);
            path.open(runner.keys(), runner::start, postgres, verifyEvery, race, port);
            return path;
        });
    }

    /** A consumer of the topics that Kafka Connect feeds. */
    static DemoPath kafka(KafkaPlatform platform, PgSettings postgres, Duration verifyEvery, Race race)
            throws SourceException {
        return kafka(platform, postgres, verifyEvery, race, 0);
    }

    private static DemoPath kafka(
            KafkaPlatform platform, PgSettings postgres, Duration verifyEvery, Race race, int port)
            throws SourceException {
        var threads = new PathThreads("kafka");
        return threads.begin(() -> {
            var runner = new KafkaRunner(KafkaSettings.of(
                            platform.bootstrapServers(), platform.topics().toArray(String[]::new))
                    .watchingConnect(URI.create(platform.connect().url())));
            var path = new DemoPath(
                    "kafka",
                    next -> kafka(platform, postgres, verifyEvery, race, next),
                    threads,
                    runner.status().build(),
                    runner::close);
            path.open(runner.keys(), runner::start, postgres, verifyEvery, race, port);
            return path;
        });
    }

    private void open(KeyParser keys, Start runner, PgSettings postgres, Duration verifyEvery, Race race, int port)
            throws SourceException {
        boolean started = false;
        try {
            pipeline().indexer().addListener(recent);
            pipeline().indexer().addListener(race.path(name));
            server = StatusServer.of(status, keys)
                    .address("127.0.0.1", OptionalInt.of(port))
                    .postgres(() -> postgres)
                    .start();
            this.port = server.port();
            url = server.url();
            runner.run();
            trust = server.trust().orElseThrow().every(verifyEvery);
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    /** As people read it. */
    String name() {
        return name;
    }

    Pipeline pipeline() {
        return status.pipeline();
    }

    RunnerStatus status() {
        return status;
    }

    /** Where its status server is, {@code http://HOST:PORT}. */
    String url() {
        return url;
    }

    /** What tells the path's part of this JVM's CPU. */
    PathThreads threads() {
        return threads;
    }

    ChangeLines recent() {
        return recent;
    }

    TrustCheck trust() {
        return trust;
    }

    /** Stops the runner; its status server tells so. */
    void stop() {
        trust.close();
        closeRunner.run();
    }

    /** The path anew, at the same address, after {@link #stop}. May be repeated where it fails. */
    DemoPath startAgain() throws SourceException {
        close();
        return again.start(port);
    }

    @Override
    public void close() {
        // First: it ends a comparison under way, which would wait for the runner.
        if (server != null) {
            server.close();
        }
        closeRunner.run();
        status.close();
    }
}
