package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.core.event.TableId;
import localcdc.core.index.StaleViewException;
import localcdc.core.verify.TableTruth;
import localcdc.embedded.EmbeddedRunner;
import localcdc.embedded.EmbeddedSettings;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.TablePattern;
import localcdc.stack.RandomWorkload;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.Test;

/**
 * One random workload after another, read by both paths: their maps equal Postgres, and each other to the letter. {@code
 * -Dseed=N} repeats a workload, {@code -Dworkloads=N} runs more of them.
 */
class BothPathsIT {

    private static final int STATEMENTS = 300;

    @Test
    void endInMapsThatEqualPostgresAndEachOther() throws Exception {
        long first = Long.getLong("seed", System.nanoTime() % 1_000_000);
        int count = Integer.getInteger("workloads", 20);
        var workloads = new ArrayList<RandomWorkload>();
        var tables = new ArrayList<String>();
        try (var database = TestPostgres.shared().createDatabase()) {
            for (int i = 0; i < count; i++) {
                var workload = new RandomWorkload(first + i, "_" + i, true);
                workload.create(database);
                workloads.add(workload);
                tables.addAll(workload.tables());
            }
            var names = tables.toArray(String[]::new);
            try (var connector = ConnectPathIT.connector(database, 1, names);
                    var embedded = new EmbeddedRunner(embedded(database, tables))) {
                // Of the others there is nothing yet, and no topic: they come while the map is read.
                ConnectPathIT.awaitTopics(
                        connector,
                        tables.stream()
                                .filter(table -> !table.startsWith("public.c"))
                                .toArray(String[]::new));
                embedded.start();
                try (var kafka = KafkaPath.start(ConnectPathIT.reading(connector))) {
                    for (int i = 0; i < count; i++) {
                        long seed = first + i;
                        System.err.println("random workload: -Dseed=" + seed);
                        var workload = workloads.get(i);
                        assertThatCode(() -> run(database, workload, kafka, embedded))
                                .as("-Dseed=%d -Dworkloads=1", seed)
                                .doesNotThrowAnyException();
                    }
                    assertThat(kafka.runner().badRecords()).isZero();
                    assertThat(connector.status().isRunning()).isTrue();
                }
                try (var again = KafkaPath.start(ConnectPathIT.reading(connector))) {
                    again.catchUp(database).assertEqualsPostgres(database, names);
                }
            }
        }
    }

    private static EmbeddedSettings embedded(TestDatabase database, List<String> tables) {
        var server = database.server();
        var postgres = new PgSettings(
                server.host(), server.port(), database.name(), server.user(), server.password(), SslMode.PREFER);
        var patterns = tables.stream().map(TablePattern::parse).toList();
        return new EmbeddedSettings(postgres, patterns, List.of(), "both", null, null, Engine.DEBEZIUM, Map.of());
    }

    private static void run(TestDatabase database, RandomWorkload workload, KafkaPath kafka, EmbeddedRunner embedded)
            throws Exception {
        try (var connection = database.connect()) {
            workload.run(connection, STATEMENTS, (random, statement) -> {
                // Both paths are left in peace.
            });
        }
        var tables = workload.tables().toArray(String[]::new);
        kafka.catchUp(database).assertEqualsPostgres(database, tables);
        for (var table : workload.tables()) {
            var wanted = kafka.rows(table);
            // A definition that changed last makes the embedded path read the tables again, and a reader begin anew.
            await().atMost(KafkaPath.PATIENCE)
                    .ignoreException(StaleViewException.class)
                    .untilAsserted(
                            () -> assertThat(TableTruth.rows(embedded.pipeline().reader(), TableId.parse(table)))
                                    .as("the embedded path's %s", table)
                                    .isEqualTo(wanted));
        }
    }
}
