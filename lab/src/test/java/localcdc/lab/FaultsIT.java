package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.core.event.TableId;
import localcdc.core.index.StaleViewException;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;
import localcdc.core.verify.TableTruth;
import localcdc.embedded.EmbeddedRunner;
import localcdc.embedded.EmbeddedSettings;
import localcdc.embedded.server.Engine;
import localcdc.kafka.KafkaRunner;
import localcdc.kafka.KafkaSettings;
import localcdc.stack.LocalPostgres;
import localcdc.stack.RandomWorkload;
import localcdc.stack.TestPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Random workloads while Connect, the broker, Postgres or the runner are killed and started again at random moments: all
 * maps equal Postgres. {@code -Dseed=N} repeats a workload, {@code -DfaultyWorkloads=N} runs more of them.
 */
class FaultsIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration AGAIN = Duration.ofSeconds(5);
    private static final int CHUNKS = 3;
    private static final int STATEMENTS = 80;

    private final List<RandomWorkload> workloads = new ArrayList<>();
    private LocalPostgres postgres;
    private KafkaPlatform platform;
    private KafkaRunner kafka;
    private EmbeddedRunner embedded;
    private EmbeddedRunner direct;

    @Test
    void leaveEveryMapEqualToPostgres() throws Exception {
        long first = Long.getLong("seed", System.nanoTime() % 1_000_000);
        int count = Integer.getInteger("faultyWorkloads", 3);
        try (var server = TestPostgres.privateServer(Map.of())) {
            postgres = server;
            for (int i = 0; i < count; i++) {
                workloads.add(new RandomWorkload(first + i, "_" + i, true));
                execute(workloads.get(i).script());
            }
            try (var started = KafkaPlatform.start(settings(), KafkaPlatform.Settings.defaults());
                    var one = new EmbeddedRunner(embedded(Engine.DEBEZIUM));
                    var other = new EmbeddedRunner(embedded(Engine.DIRECT))) {
                platform = started;
                embedded = one;
                embedded.start();
                direct = other;
                direct.start();
                startKafkaRunner();
                for (int i = 0; i < count; i++) {
                    long seed = first + i;
                    System.err.println("faulty workload: -Dseed=" + seed);
                    var workload = workloads.get(i);
                    assertThatCode(() -> run(workload, new Random(seed)))
                            .as("-Dseed=%d -DfaultyWorkloads=1", seed)
                            .doesNotThrowAnyException();
                }
            } finally {
                if (kafka != null) {
                    kafka.close();
                }
            }
        }
    }

    private PgSettings settings() {
        return new PgSettings(
                postgres.host(), postgres.port(), "postgres", postgres.user(), postgres.password(), SslMode.DISABLE);
    }

    private EmbeddedSettings embedded(Engine engine) {
        return new EmbeddedSettings(settings(), List.of(), List.of(), "both", null, null, engine, Map.of());
    }

    private void startKafkaRunner() throws SourceException {
        kafka = new KafkaRunner(
                KafkaSettings.of(platform.bootstrapServers(), platform.topics().toArray(String[]::new)));
        kafka.start();
    }

    private void run(RandomWorkload workload, Random random) throws Exception {
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            int at = random.nextInt(STATEMENTS);
            int fault = random.nextInt(4);
            var faults = new ArrayList<CompletableFuture<Void>>();
            var done = new int[1];
            try (var connection = postgres.connect("postgres")) {
                workload.run(connection, STATEMENTS, (ignored, statement) -> {
                    if (done[0]++ == at) {
                        faults.add(CompletableFuture.runAsync(() -> cause(fault)));
                    }
                });
            } catch (SQLException e) {
                // The server was killed under the writer: what it had not committed is gone, as in life.
                assertThat(fault)
                        .as("only a killed server ends the writer: %s", e)
                        .isEqualTo(2);
            }
            for (var one : faults) {
                one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
        compare(workload);
    }

    private void cause(int fault) {
        switch (fault) {
            case 0 -> {
                System.err.println("fault: Connect is killed");
                platform.connect().kill();
                platform.connect().start();
            }
            case 1 -> {
                System.err.println("fault: the broker is killed");
                platform.kafka().kill();
                platform.kafka().start();
            }
            case 2 -> {
                System.err.println("fault: Postgres is killed");
                postgres.kill();
                postgres.start();
            }
            default -> {
                System.err.println("fault: the runner is started anew");
                kafka.close();
                try {
                    startKafkaRunner();
                } catch (SourceException e) {
                    throw new IllegalStateException(e.sentences(), e);
                }
            }
        }
        platform.keepRunning();
    }

    private void compare(RandomWorkload workload) throws Exception {
        for (var pipeline : List.of(kafka.pipeline(), embedded.pipeline(), direct.pipeline())) {
            awaitCaughtUp(pipeline);
            awaitEqual(pipeline, workload);
        }
        assertThat(kafka.badRecords()).isZero();
    }

    /** A marker from before a snapshot that is taken again does not come by: it is part of what the snapshot reads. */
    private void awaitCaughtUp(Pipeline pipeline) {
        var marker = "faults-" + UUID.randomUUID();
        Awaitility.await(pipeline.runner()).atMost(PATIENCE).until(() -> {
            platform.keepRunning();
            execute("SELECT pg_logical_emit_message(true, 'localcdc', '" + marker + "')");
            return pipeline.awaitMarker(marker, AGAIN);
        });
    }

    /** A definition that changed last may be noticed by the embedded path just after everything was applied. */
    private void awaitEqual(Pipeline pipeline, RandomWorkload workload) {
        Awaitility.await(pipeline.runner())
                .atMost(PATIENCE)
                .ignoreException(StaleViewException.class)
                .untilAsserted(() -> {
                    try (var connection = settings().open("test")) {
                        for (var table : workload.tables()) {
                            TableTruth.assertEqual(connection, TableId.parse(table), List.of(), pipeline.reader());
                        }
                    }
                });
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
