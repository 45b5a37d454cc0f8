package localcdc.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With Debezium as it comes; what our plugin does in a worker is tested where the plugin is. */
class LocalConnectIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private static LocalKafka kafka;
    private static LocalConnect connect;
    private static TestDatabase database;

    @BeforeAll
    static void start() {
        database = TestPostgres.shared().createDatabase();
        database.execute(
                "CREATE TABLE goods (id int PRIMARY KEY, name text)",
                "INSERT INTO goods VALUES (1, 'hammer')",
                "CREATE PUBLICATION goods FOR TABLE goods");
        kafka = LocalKafka.builder().build().start();
        connect = LocalConnect.builder(kafka.bootstrapServers()).build().start();
    }

    @AfterAll
    static void close() {
        connect.close();
        kafka.close();
        database.close();
    }

    @Test
    void feedsATopicAndGoesOnAfterAKill() {
        // Given
        connect.register("goods", config("goods"));
        awaitInTopic("goods", "hammer");
        assertThat(connect.status("goods"))
                .hasValueSatisfying(status -> assertThat(status.isRunning()).isTrue());
        int port = connect.port();

        // When
        connect.kill();
        database.execute("INSERT INTO goods VALUES (2, 'drill')");
        connect.start();

        // Then
        awaitInTopic("goods", "drill");
        assertThat(connect.port()).isEqualTo(port);
        await().atMost(SOON).until(() -> connect.status("goods").orElseThrow().isRunning());

        // And when it is registered once more, nothing is read again; the kill may have had the snapshot read twice
        int before = 0;
        for (String value : values("goods")) {
            before += value.contains("hammer") ? 1 : 0;
        }
        int hammers = before;
        connect.register("goods", config("goods"));
        assertThat(values("goods"))
                .filteredOn(value -> value.contains("hammer"))
                .hasSize(hammers);

        // And when it is deleted, its slot is free and it can begin anew
        connect.delete("goods");
        connect.delete("goods");
        assertThat(connect.status("goods")).isEmpty();
        await().atMost(SOON).until(() -> dropSlot("goods"));
        connect.register("goods", config("goods"));
        await().atMost(SOON).untilAsserted(() -> assertThat(values("goods"))
                .filteredOn(value -> value.contains("hammer"))
                .hasSize(hammers + 1));
        connect.delete("goods");
        await().atMost(SOON).until(() -> dropSlot("goods"));
    }

    @Test
    void saysThatThePasswordIsWrong() {
        Map<String, String> config = config("wrong");
        config.put("database.password", connect.keepSecret("wrong", "guess"));

        assertThatThrownBy(() -> connect.register("wrong", config))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("password authentication failed");
        assertThat(connect.status("wrong")).isEmpty();
    }

    @Test
    void saysWhyATaskHasFailedAndStartsItAgainWhenThatIsMended() {
        // Given
        Map<String, String> config = config("late");
        config.put("publication.name", "late");

        // When
        assertThatThrownBy(() -> connect.register("late", config))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("has failed")
                .hasMessageContaining("late");

        // Then
        database.execute("CREATE PUBLICATION late FOR TABLE goods");
        connect.register("late", config);
        awaitInTopic("late", "hammer");
        connect.delete("late");
        await().atMost(SOON).until(() -> dropSlot("late"));
    }

    @Test
    void namesTheMainClassOnItsCommandLine() {
        assertThat(ProcessHandle.of(connect.pid())
                        .flatMap(process -> process.info().commandLine()))
                .hasValueSatisfying(
                        line -> assertThat(line).contains(" org.apache.kafka.connect.cli.ConnectDistributed "));
    }

    private static Map<String, String> config(String name) {
        TestPostgres server = database.server();
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        config.put("topic.prefix", name);
        config.put("database.hostname", server.host());
        config.put("database.port", Integer.toString(server.port()));
        config.put("database.dbname", database.name());
        config.put("database.user", server.user());
        config.put("database.password", connect.keepSecret(name, server.password()));
        config.put("plugin.name", "pgoutput");
        config.put("slot.name", name);
        config.put("publication.name", "goods");
        config.put("publication.autocreate.mode", "disabled");
        config.put("table.include.list", "public.goods");
        config.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("value.converter.schemas.enable", "false");
        config.put("topic.creation.default.partitions", "1");
        config.put("topic.creation.default.replication.factor", "1");
        return config;
    }

    private static boolean dropSlot(String slot) {
        database.query("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '" + slot
                + "' AND NOT active");
        return database.query("SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + slot + "'")
                .isEmpty();
    }

    private static void awaitInTopic(String prefix, String text) {
        await().atMost(SOON).ignoreExceptions().until(() -> values(prefix).stream()
                .anyMatch(value -> value.contains(text)));
    }

    private static List<String> values(String prefix) {
        return TopicReader.values(kafka.bootstrapServers(), prefix + ".public.goods");
    }
}
