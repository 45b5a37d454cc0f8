package localcdc.lab.bench;

/** What is measured: our own path, and what it is compared with. */
public enum Variant {
    MAP_STREAM("Postgres -> engine -> HashMap, as shipped"),
    MAP_DIRECT_STREAM("Postgres -> HashMap, --engine direct"),
    ENGINE_STREAM("Debezium engine, defaults, handler does nothing"),
    ENGINE_JSON_STREAM("the same, JSON without schemas"),
    ENGINE_JSON_SCHEMAS_STREAM("the same, JSON with schemas"),
    RAW_STREAM("pgjdbc replication stream, thrown away"),
    RECVLOGICAL("pg_recvlogical to /dev/null"),
    MAP_SNAPSHOT("snapshot into the HashMap, as shipped"),
    ENGINE_SNAPSHOT("Debezium engine's snapshot, handler does nothing"),
    COPY("COPY of the table, thrown away"),
    MAP_MEMORY("HashMap as shipped"),
    LINKED_MEMORY("HashMap of LinkedHashMap"),
    MAP_LATENCY("Postgres -> engine -> HashMap, as shipped"),
    MAP_DIRECT_LATENCY("Postgres -> HashMap, --engine direct"),
    RAW_LATENCY("pgjdbc replication stream, thrown away"),
    ENGINE_LATENCY("Debezium engine, defaults, into a HashMap of what it gives"),
    MAP_WATCHED("Postgres -> engine -> HashMap, its page open"),
    MAP_ASKED("Postgres -> engine -> HashMap, asked by HTTP"),
    MAP_TOPIC("topic -> HashMap, as shipped"),
    RAW_TOPIC("the same consumer, thrown away"),
    READ_TREE_TOPIC("the same consumer, readTree into a HashMap"),
    READ_TREE_STOCK_TOPIC("the same of a topic with stock JSON, no schemas"),
    GLOBAL_TABLE_TOPIC("Kafka Streams, GlobalKTable in memory"),
    MAP_KAFKA_STREAM("Connect -> Kafka -> HashMap, as shipped"),
    RAW_KAFKA_STREAM("the same connector, consumer throws away"),
    TUNED_JSON_KAFKA_STREAM("JsonConverter, no schemas, the same tuning"),
    DEFAULT_KAFKA_STREAM("Connect's and Debezium's defaults"),
    MAP_KAFKA_LATENCY("Connect -> Kafka -> HashMap, as shipped");

    private final String label;

    Variant(String label) {
        this.label = label;
    }

    /** As people read it. */
    public String label() {
        return label;
    }

    /** Whether it is our own path, and not what it is compared with. */
    public boolean isOurs() {
        return name().startsWith("MAP_");
    }
}
