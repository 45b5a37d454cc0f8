package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThatCode;

import localcdc.embedded.server.Engine;
import localcdc.stack.RandomWorkload;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random transactions on several tables, with rollbacks, savepoints, key changes, truncates, large values, definitions
 * that change and connections that are cut. Afterwards the map equals Postgres. {@code -Dseed=N} repeats one workload,
 * {@code -Dworkloads=N} runs more of them.
 */
@ParameterizedClass
@EnumSource(Engine.class)
class RandomWorkloadIT {

    @Parameter
    private Engine engine;

    private static final int STATEMENTS = 400;

    @Test
    void endsInAMapThatEqualsPostgres() {
        long first = Long.getLong("seed", System.nanoTime() % 1_000_000);
        int workloads = Integer.getInteger("workloads", 3);
        for (long seed = first; seed < first + workloads; seed++) {
            long current = seed;
            assertThatCode(() -> run(current)).as("-Dseed=%d", seed).doesNotThrowAnyException();
        }
    }

    private void run(long seed) throws Exception {
        System.err.println("random workload: -Dseed=" + seed);
        var workload = new RandomWorkload(seed, "", false);
        try (var database = TestPostgres.shared().createDatabase()) {
            workload.create(database);
            try (var path = RunningPath.begin(RunningPath.of(engine, RunningPath.settings(database)));
                    var connection = database.connect()) {
                workload.run(connection, STATEMENTS, (random, statement) -> {
                    if (random.nextInt(100) == 0) {
                        statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                + " WHERE datname = current_database() AND backend_type = 'walsender'");
                    }
                });
                path.awaitReady().catchUp();
                settle(path);

                path.assertEqualsPostgres(workload.tables().toArray(String[]::new));
            }
        }
    }

    /** A definition that changed last may be noticed just after everything was applied: look twice. */
    private static void settle(RunningPath path) {
        for (int i = 0; i < 3; i++) {
            long seen = path.pipeline().position();
            org.awaitility.Awaitility.await()
                    .atMost(RunningPath.PATIENCE)
                    .until(() -> path.catchUp().pipeline().position() != seen);
        }
    }
}
