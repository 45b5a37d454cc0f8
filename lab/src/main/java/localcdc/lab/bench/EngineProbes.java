package localcdc.lab.bench;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.connect.source.SourceRecord;

/** The Debezium engine as its documentation has it: its defaults, and a handler that does nothing with what it gets. */
final class EngineProbes {

    private EngineProbes() {}

    /** What the engine makes of an event. */
    enum Format {
        CONNECT,
        JSON,
        JSON_WITH_SCHEMAS
    }

    /** Streams from a slot that exists. */
    static Map<String, Double> stream(Probe probe, Format format) throws Exception {
        var properties = properties(probe);
        properties.setProperty("snapshot.mode", "no_data");
        properties.setProperty("slot.name", probe.argument("slot"));
        return run(properties, format, new ChangeCount(probe.number("changes")));
    }

    /** Reads the table by the engine's own snapshot. */
    static Map<String, Double> snapshot(Probe probe) throws Exception {
        var properties = properties(probe);
        properties.setProperty("snapshot.mode", "initial_only");
        properties.setProperty("slot.name", "bench_engine_snapshot");
        properties.setProperty("slot.drop.on.stop", "true");
        return run(properties, Format.CONNECT, new ChangeCount(probe.number("rows")));
    }

    static Properties properties(Probe probe) {
        var p = new Properties();
        var postgres = probe.postgres();
        p.setProperty("name", "bench");
        p.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        p.setProperty("topic.prefix", "cdc");
        p.setProperty("database.hostname", postgres.host());
        p.setProperty("database.port", Integer.toString(postgres.port()));
        p.setProperty("database.dbname", postgres.database());
        p.setProperty("database.user", postgres.user());
        p.setProperty("database.password", postgres.password());
        p.setProperty("plugin.name", "pgoutput");
        p.setProperty("publication.name", BenchTable.PUBLICATION);
        p.setProperty("publication.autocreate.mode", "disabled");
        p.setProperty("table.include.list", "inventory\\.customers");
        p.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        return p;
    }

    private static Map<String, Double> run(Properties properties, Format format, ChangeCount count) throws Exception {
        try (var engine = engine(properties, format, count)) {
            var thread = new Thread(engine, "engine");
            thread.setDaemon(true);
            thread.start();
            return count.await();
        }
    }

    private static DebeziumEngine<?> engine(Properties properties, Format format, ChangeCount count) {
        if (format == Format.CONNECT) {
            Consumer<ChangeEvent<SourceRecord, SourceRecord>> handler = event -> {
                // A deletion's tombstone is no change.
                if (event.value().value() != null && isOfTable(event)) {
                    count.one();
                }
            };
            return DebeziumEngine.create(Connect.class)
                    .using(properties)
                    .notifying(handler)
                    .build();
        }
        properties.setProperty("converter.schemas.enable", Boolean.toString(format == Format.JSON_WITH_SCHEMAS));
        Consumer<ChangeEvent<String, String>> handler = event -> {
            if (event.value() != null && isOfTable(event)) {
                count.one();
            }
        };
        return DebeziumEngine.create(Json.class)
                .using(properties)
                .notifying(handler)
                .build();
    }

    static boolean isOfTable(ChangeEvent<?, ?> event) {
        return "cdc.inventory.customers".equals(event.destination());
    }
}
