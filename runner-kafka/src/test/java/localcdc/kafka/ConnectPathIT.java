package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import localcdc.connect.ConnectPlugin;
import localcdc.core.event.Operation;
import localcdc.kafka.KafkaSettings.OnBadRecord;
import localcdc.stack.TestConnector;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestKafka;
import localcdc.stack.TestPostgres;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** The whole path on real servers: Postgres, Connect with the connector as it is shipped, a broker, the map. */
class ConnectPathIT {

    private static final TestKafka KAFKA = TestKafka.shared(ConnectPlugin::writeTo);

    private static final String TABLES = """
            CREATE TABLE t (id int PRIMARY KEY, n numeric, v text DEFAULT 'dflt', big text, doc jsonb);
            ALTER TABLE t ALTER big SET STORAGE EXTERNAL;
            CREATE TABLE u (a text, b numeric, v text, PRIMARY KEY (a, b));
            INSERT INTO t SELECT g, g * 1.50, NULL, repeat('x', 3000) || g, '{"a": 1.50}' FROM generate_series(1, 200) g;
            INSERT INTO u SELECT 'k' || g % 3, g, 'v' FROM generate_series(1, 50) g""";

    /** A connector for these tables, which resolves types that are not built in by asking the catalog. */
    static TestConnector connector(TestDatabase database, int partitions, String... tables) {
        return KAFKA.capture(database).tables(tables).partitions(partitions).start();
    }

    static KafkaSettings reading(TestConnector connector) {
        return new KafkaSettings(
                List.of(),
                Pattern.compile(Pattern.quote(connector.topicPrefix() + ".") + ".*"),
                KAFKA.bootstrapServers(),
                Map.of(),
                null,
                "consumer",
                null,
                null,
                OnBadRecord.SKIP,
                Set.of(),
                Map.of(),
                Duration.ZERO);
    }

    /** Waits until the connector has made the topics. */
    static void awaitTopics(TestConnector connector, String... tables) {
        try (var admin = KAFKA.admin()) {
            await().atMost(KafkaPath.PATIENCE).until(() -> {
                assertThat(connector.status().isRunning())
                        .as("%s", connector.status())
                        .isTrue();
                var names = admin.listTopics().names().get(20, TimeUnit.SECONDS);
                return names.contains(connector.controlTopic())
                        && List.of(tables).stream().allMatch(table -> names.contains(connector.topic(table)));
            });
        }
    }

    @Test
    void mapEqualsPostgresAfterEverythingThatHappensToRows() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute(TABLES);
            try (var connector = connector(database, 1, "public.t", "public.u")) {
                awaitTopics(connector, "public.t", "public.u");
                try (var path = KafkaPath.start(reading(connector))) {
                    path.catchUp(database).assertEqualsPostgres(database, "public.t", "public.u");

                    database.execute(
                            "UPDATE t SET n = n + 1 WHERE id < 100",
                            "UPDATE t SET id = id + 1000 WHERE id < 20",
                            "DELETE FROM t WHERE id BETWEEN 30 AND 40",
                            "INSERT INTO t (id, n, v) VALUES (5000, 'NaN', NULL), (5001, NULL, 'x')",
                            "UPDATE u SET b = b + 0.0, v = 'same key' WHERE b < 10",
                            "BEGIN; TRUNCATE u; INSERT INTO u VALUES ('new', 1.00, NULL); COMMIT",
                            "INSERT INTO u VALUES ('late', 2, 'x')");
                    path.catchUp(database).assertEqualsPostgres(database, "public.t", "public.u");
                    assertThat(path.runner().badRecords()).isZero();
                    assertThat(path.pipeline().reader().unavailableValues()).isZero();
                    var stages = path.pipeline().stages();
                    assertThat(stages.names())
                            .containsExactly("commitToCaptured", "capturedToAppended", "appendedToApplied")
                            .allMatch(
                                    stage -> stages.latency(stage).percentiles().count() > 0);
                    // Alone: topics have no order among each other.
                    database.execute("INSERT INTO u VALUES ('last', 3, 'x')");
                    path.catchUp(database);
                    var last = path.pipeline().lastChange().orElseThrow();
                    assertThat(last.table()).hasToString("public.u");
                    assertThat(last.operation()).isEqualTo(Operation.CREATE);
                    assertThat(last.stagesMillis().values()).hasSize(3).doesNotContainNull();
                    assertThat(path.detail("controlTopics")).isEqualTo(List.of(connector.controlTopic()));

                    try (var again = KafkaPath.start(reading(connector))) {
                        again.catchUp(database).assertEqualsPostgres(database, "public.t", "public.u");
                    }
                }
                assertThat(connector.status().isRunning()).isTrue();
            }
        }
    }

    @Test
    void carriesARowOfFiveMegabytes() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute("""
                    CREATE TABLE large (id int PRIMARY KEY, n int, v text);
                    INSERT INTO large SELECT 1, 1, string_agg(md5(g::text), '') FROM generate_series(1, 160000) g""");
            try (var connector = connector(database, 1, "public.large")) {
                awaitTopics(connector, "public.large");
                try (var path = KafkaPath.start(reading(connector))) {
                    database.execute(
                            "INSERT INTO large SELECT 2, 1, string_agg(md5(g::text) || '\"', '')"
                                    + " FROM generate_series(1, 160000) g",
                            // The log does not carry the value that stays as it is.
                            "UPDATE large SET n = 2");
                    path.catchUp(database).assertEqualsPostgres(database, "public.large");

                    assertThat(path.rows("public.large").values()).hasSize(2).allSatisfy(row -> assertThat(row.length())
                            .isGreaterThan(5_000_000));
                    assertThat(path.pipeline().reader().unavailableValues()).isZero();
                }
                assertThat(connector.status().isRunning()).isTrue();
            }
        }
    }

    @Test
    void mapIsWholeAfterCompactionHasReallyRun() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute(TABLES);
            try (var connector = connector(database, 1, "public.t")) {
                awaitTopics(connector, "public.t");
                compactEagerly(connector.topic("public.t"));
                // The large value is in the first record of each row alone, and compaction takes that away.
                for (int round = 0; round < 5; round++) {
                    database.execute("UPDATE t SET n = n + 1", "DELETE FROM t WHERE id % 50 = " + round);
                }
                try (var path = KafkaPath.start(reading(connector))) {
                    path.catchUp(database).assertEqualsPostgres(database, "public.t");
                    database.execute(
                            "TRUNCATE t",
                            "INSERT INTO t SELECT g, g, 'after', repeat('y', 3000), NULL"
                                    + " FROM generate_series(500, 600) g",
                            "UPDATE t SET n = 7");
                    path.catchUp(database).assertEqualsPostgres(database, "public.t");
                }
                awaitCompaction(connector.topic("public.t"), database);
                try (var path = KafkaPath.start(reading(connector))) {
                    path.catchUp(database).assertEqualsPostgres(database, "public.t");
                    assertThat(path.pipeline().reader().unavailableValues()).isZero();
                }
                assertThat(connector.status().isRunning()).isTrue();
            }
        }
    }

    private static void compactEagerly(String topic) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        // Tombstones stay for longer than a reader needs from a row's record to its tombstone: Kafka promises no more.
        var settings =
                Map.of("segment.ms", "200", "min.cleanable.dirty.ratio", "0.001", "delete.retention.ms", "60000");
        try (var admin = KAFKA.admin()) {
            var operations = settings.entrySet().stream()
                    .map(one ->
                            new AlterConfigOp(new ConfigEntry(one.getKey(), one.getValue()), AlterConfigOp.OpType.SET))
                    .toList();
            admin.incrementalAlterConfigs(Map.of(resource, operations)).all().get(20, TimeUnit.SECONDS);
        }
    }

    /**
     * Writes now and then, which rolls the segment, until little more than one record a key is left of some 1500: compaction
     * keeps those of the rows that were truncated, too.
     */
    private static void awaitCompaction(String topic, TestDatabase database) {
        await().atMost(KafkaPath.PATIENCE).until(() -> {
            database.execute("UPDATE t SET n = n + 1 WHERE id = 500");
            try (var path = KafkaPath.start(KafkaSettings.of(KAFKA.bootstrapServers(), topic))) {
                return path.pipeline().indexer().events() < 450;
            }
        });
    }
}
