package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import localcdc.connect.ConnectPlugin;
import localcdc.kafka.KafkaSettings.OnBadRecord;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestKafka;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Topics that a connector without anything of this project has written, of tables with plain types. */
class StockDebeziumIT {

    private static final TestKafka KAFKA = TestKafka.shared(ConnectPlugin::writeTo);
    private static final String[] TABLES = {"public.items", "public.pairs", "public.calm"};

    /** How such a connector may write its records. */
    enum Form {
        ENVELOPE,
        ENVELOPE_WITH_SCHEMAS,
        FLAT,
        FLAT_WITH_FIELDS_AND_SCHEMAS;

        Map<String, String> settings() {
            var settings = new LinkedHashMap<String, String>();
            if (this == ENVELOPE || this == FLAT) {
                settings.put("key.converter.schemas.enable", "false");
                settings.put("value.converter.schemas.enable", "false");
            }
            if (this == FLAT || this == FLAT_WITH_FIELDS_AND_SCHEMAS) {
                settings.put("transforms", "unwrap");
                settings.put("transforms.unwrap.type", "io.debezium.transforms.ExtractNewRecordState");
            }
            if (this == FLAT_WITH_FIELDS_AND_SCHEMAS) {
                settings.put("transforms.unwrap.delete.tombstone.handling.mode", "rewrite-with-tombstone");
                settings.put("transforms.unwrap.add.fields", "op,schema,table,lsn,txId,source.ts_ms");
            }
            return settings;
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void fillsTheMap(Form form) throws Exception {
        var name = "stock" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute("""
                    CREATE TABLE items (id int PRIMARY KEY, name text, sold boolean, amount bigint, note text);
                    CREATE TABLE pairs (a text, b int, v text, PRIMARY KEY (a, b));
                    CREATE TABLE calm (id bigint PRIMARY KEY, v text);
                    INSERT INTO items SELECT g, 'it''s "' || g || '" Ü', g % 2 = 0, g * 10000000000, NULL
                    FROM generate_series(1, 200) g;
                    INSERT INTO pairs SELECT 'k' || g % 3, g, 'v' FROM generate_series(1, 50) g;
                    INSERT INTO calm VALUES (9007199254740993, 'stays')""");
            KAFKA.connect().register(name, connector(name, database, form));
            try {
                awaitTopics(name);
                try (var path = KafkaPath.start(reading(name))) {
                    awaitEqual(path, database);

                    database.execute(
                            "UPDATE items SET name = 'changed', sold = NOT sold WHERE id < 50",
                            "UPDATE items SET id = id + 1000 WHERE id < 20",
                            "DELETE FROM items WHERE id BETWEEN 60 AND 70",
                            "INSERT INTO items VALUES (5000, '', NULL, -1, 'line\nbreak')",
                            "UPDATE pairs SET v = NULL WHERE b < 10",
                            "UPDATE pairs SET a = 'moved' WHERE b = 11",
                            "DELETE FROM pairs WHERE a = 'k2'",
                            "INSERT INTO pairs SELECT 'k2', b, 'again' FROM generate_series(60, 65) b");
                    awaitEqual(path, database);
                    assertThat(path.runner().badRecords()).isZero();
                }
                try (var again = KafkaPath.start(reading(name))) {
                    awaitEqual(again, database);
                }
            } finally {
                KAFKA.connect().delete(name);
                KAFKA.deleteTopics(name + ".");
            }
        }
    }

    private static Map<String, String> connector(String name, TestDatabase database, Form form) {
        var server = database.server();
        var config = new LinkedHashMap<String, String>();
        config.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        config.put("topic.prefix", name);
        config.put("database.hostname", server.host());
        config.put("database.port", Integer.toString(server.port()));
        config.put("database.dbname", database.name());
        config.put("database.user", server.user());
        config.put("database.password", KAFKA.connect().keepSecret(name, server.password()));
        config.put("plugin.name", "pgoutput");
        config.put("slot.name", name);
        config.put("publication.name", name);
        config.put("publication.autocreate.mode", "filtered");
        config.put("table.include.list", String.join(",", TABLES));
        config.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("topic.creation.default.partitions", "1");
        config.put("topic.creation.default.replication.factor", "1");
        config.putAll(form.settings());
        return config;
    }

    private static KafkaSettings reading(String name) {
        return new KafkaSettings(
                List.of(),
                Pattern.compile(name + "\\.public\\..*"),
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

    private static void awaitTopics(String name) {
        try (var admin = KAFKA.admin()) {
            await().atMost(KafkaPath.PATIENCE).until(() -> admin.listTopics()
                    .names()
                    .get(20, TimeUnit.SECONDS)
                    .containsAll(List.of(TABLES).stream()
                            .map(table -> name + "." + table)
                            .toList()));
        }
    }

    /** Nothing says when everything has come: there are no markers. */
    private static void awaitEqual(KafkaPath path, TestDatabase database) {
        await().atMost(KafkaPath.PATIENCE).untilAsserted(() -> path.assertEqualsPostgres(database, TABLES));
    }
}
