package localcdc.stack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * A running connector that feeds a test's tables into topics of its own, configured as {@code k8s/base/connector.json} says.
 * Close takes everything away again: the connector and its offsets, slot, publication and topics.
 */
public final class TestConnector implements AutoCloseable {
    private static final Duration SLOT_TIMEOUT = Duration.ofSeconds(20);

    private final TestKafka kafka;
    private final TestDatabase database;
    private final String name;

    private TestConnector(TestKafka kafka, TestDatabase database, String name) {
        this.kafka = kafka;
        this.database = database;
        this.name = name;
    }

    /** Its name in Connect, which is also its topic prefix and the name of its slot and publication. */
    public String name() {
        return name;
    }

    /** What its topics' names begin with. */
    public String topicPrefix() {
        return name;
    }

    /** The topic of a table, given as {@code schema.table}. */
    public String topic(String table) {
        return name + "." + table;
    }

    /** The topic of truncates and messages. */
    public String controlTopic() {
        return ConnectorConfig.controlTopic(name);
    }

    /** How connector and task are now. */
    public ConnectorStatus status() {
        return kafka.connect().status(name).orElseThrow();
    }

    @Override
    public void close() {
        kafka.connect().delete(name);
        // The task has ended, but its walsender may notice a moment later.
        Awaitility.await("slot " + name + " dropped")
                .atMost(SLOT_TIMEOUT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    database.query("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                            + " WHERE slot_name = '" + name + "' AND NOT active");
                    return database.query("SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + name + "'")
                            .isEmpty();
                });
        database.execute("DROP PUBLICATION IF EXISTS " + name);
        kafka.deleteTopics(name + ".");
        kafka.deleteTopics("__debezium-heartbeat." + name);
    }

    /** What the connector shall capture, and how. Not safe for several threads. */
    public static final class Builder {
        private final TestKafka kafka;
        private final TestDatabase database;
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final List<String> tables = new ArrayList<>();
        private int partitions = 1;

        Builder(TestKafka kafka, TestDatabase database) {
            this.kafka = kafka;
            this.database = database;
        }

        /** The tables, as {@code schema.table}; each must have a key. */
        public Builder tables(String... names) {
            tables.addAll(List.of(names));
            return this;
        }

        /** How many partitions each table's topic has; default 1. */
        public Builder partitions(int count) {
            partitions = count;
            return this;
        }

        /** One property of the connector, such as {@code canonical.columns}. */
        public Builder with(String property, String value) {
            settings.put(property, value);
            return this;
        }

        /** Makes the publication, registers the connector, and returns when it and its task run. */
        public TestConnector start() {
            String name = "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
            database.execute("CREATE PUBLICATION " + name + " FOR TABLE "
                    + tables.stream().map(Builder::quoted).collect(Collectors.joining(", "))
                    + " WITH (publish_via_partition_root = true)");
            TestPostgres server = database.server();
            LocalConnect connect = kafka.connect();
            ConnectorConfig config = ConnectorConfig.read()
                    .postgres(
                            server.host(),
                            server.port(),
                            database.name(),
                            server.user(),
                            connect.keepSecret(name, server.password()))
                    .topicPrefix(name)
                    .slotAndPublication(name, name)
                    .tables(tables)
                    .partitions(partitions);
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                config = config.with(setting.getKey(), setting.getValue());
            }
            connect.register(name, config.settings());
            return new TestConnector(kafka, database, name);
        }

        private static String quoted(String table) {
            int dot = table.indexOf('.');
            return "\"" + table.substring(0, dot).replace("\"", "\"\"") + "\".\""
                    + table.substring(dot + 1).replace("\"", "\"\"") + "\"";
        }
    }
}
