package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import localcdc.stack.ConnectorConfig;
import localcdc.stack.TestKafka;
import localcdc.stack.TestPostgres;
import localcdc.stack.TopicReader;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

/** The connector as {@code k8s/base/connector.json} configures it, in a real worker with our plugin. */
class ShippedConnectorIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void writesCanonicalRecordsIntoCompactedTopics() {
        var kafka = TestKafka.shared(ConnectPlugin::writeTo);
        try (var database = TestPostgres.shared().createDatabase()) {
            // Given
            database.execute(
                    "CREATE DOMAIN price AS numeric(10,2)",
                    "CREATE TABLE goods (id int PRIMARY KEY, name text DEFAULT 'none', price price)",
                    "ALTER TABLE goods ALTER name SET STORAGE EXTERNAL",
                    "INSERT INTO goods VALUES (1, NULL, 1.5)");
            try (var connector =
                    kafka.capture(database).tables("public.goods").partitions(2).start()) {
                awaitIn(kafka, connector.topic("public.goods"), "{\"id\":1,\"name\":null,\"price\":1.50}");
                awaitIn(kafka, connector.controlTopic(), "\"content\":\"heartbeat\"");

                // When
                database.execute(
                        "UPDATE goods SET name = repeat('x', 5000000)",
                        "UPDATE goods SET price = 2",
                        "DELETE FROM goods",
                        "TRUNCATE goods",
                        "INSERT INTO goods VALUES (2, 'after', 3)");

                // Then: truncates stop nothing, and large rows pass
                awaitIn(
                        kafka,
                        connector.topic("public.goods"),
                        "\"after\":{\"id\":2,\"name\":\"after\",\"price\":3.00}");
                awaitIn(kafka, connector.controlTopic(), "\"op\":\"t\"");
                var values = values(kafka, connector.topic("public.goods"));
                assertThat(values).anyMatch(value -> value != null && value.length() > 5_000_000);
                assertThat(values).contains((String) null);
                assertThat(connector.status().isRunning()).isTrue();
                assertThat(TopicReader.partitions(kafka.bootstrapServers(), connector.topic("public.goods")))
                        .isEqualTo(2);
                assertThat(TopicReader.partitions(kafka.bootstrapServers(), connector.controlTopic()))
                        .isEqualTo(1);
            }
            assertThat(database.query("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"))
                    .isEmpty();
            assertThat(database.query("SELECT pubname FROM pg_publication")).isEmpty();
        }
    }

    @Test
    void configuresTheConverterAsItWantsIt() {
        assertThat(ConnectorConfig.read().settings())
                .containsEntry("driver.options", CanonicalConverter.DRIVER_OPTIONS)
                .containsEntry("canonical.type", CanonicalConverter.class.getName())
                .containsEntry("transforms.canonical.type", CanonicalRecord.class.getName())
                .containsEntry("post.processors.reread.type", RereadUnchanged.class.getName())
                .containsEntry("producer.override.interceptor.classes", MessageBarrier.class.getName())
                .containsEntry(LastEventWithoutKey.PROPERTY, "true");
    }

    private static void awaitIn(TestKafka kafka, String topic, String text) {
        await().atMost(SOON)
                .ignoreException(UnknownTopicOrPartitionException.class)
                .until(() -> values(kafka, topic).stream().anyMatch(value -> value != null && value.contains(text)));
    }

    private static List<String> values(TestKafka kafka, String topic) {
        return TopicReader.values(kafka.bootstrapServers(), topic);
    }
}
