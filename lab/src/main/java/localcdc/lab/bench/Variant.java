package localcdc.lab.bench;

/** What is measured: our own path, and what it is compared with. */
enum Variant {
    MAP_STREAM("Postgres -> engine -> HashMap, as shipped"),
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
    MAP_LATENCY("Postgres -> engine -> HashMap, as shipped");

    private final String label;

    Variant(String label) {
        this.label = label;
    }

    /** As people read it. */
    String label() {
        return label;
    }

    /** Whether it is our own path, and not what it is compared with. */
    boolean isOurs() {
        return name().startsWith("MAP_");
    }
}
