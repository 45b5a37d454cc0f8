package localcdc.lab.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import localcdc.common.pg.PgSettings;
import localcdc.stack.ConnectorConfig;

/** How a connector is configured: as the platform ships it, and the two ways that one finds in tutorials. */
public enum ConnectorKind {
    /** The file {@code k8s/base/connector.json} with the platform's plugin. */
    SHIPPED,
    /** The same speed settings with Connect's own JSON converter, without schemas and without the plugin. */
    TUNED_JSON,
    /** What Debezium and Connect do when one sets nothing: JSON with schemas. */
    DEFAULTS;

    private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";

    /** What the shipped configuration has for the plugin's sake. */
    private static final Set<String> PLUGIN = Set.of(
            "converters",
            "canonical.",
            "post.processors",
            "reread.",
            "transforms",
            "header.converter",
            "heartbeat.",
            "message.prefix.include.list",
            "include.unknown.datatypes",
            "driver.options",
            "sourceinfo.struct.maker",
            "localcdc.",
            "producer.override.interceptor.classes");

    /**
     * What {@code PUT /connectors/NAME/config} takes.
     *
     * @param name topic prefix and slot
     * @param snapshot {@code initial}, or {@code no_data} where the slot is there
     */
    public Map<String, String> settings(PgSettings postgres, String password, String name, String snapshot) {
        var all = ConnectorConfig.read()
                .postgres(postgres.host(), postgres.port(), postgres.database(), postgres.user(), password)
                .sslMode(postgres.sslMode().label())
                .topicPrefix(name)
                .slotAndPublication(name, BenchTable.PUBLICATION)
                .tables(java.util.List.of(BenchTable.ID.toString()))
                .with("snapshot.mode", snapshot)
                .settings();
        return switch (this) {
            case SHIPPED -> all;
            case TUNED_JSON -> tunedJson(all);
            case DEFAULTS -> defaults(all);
        };
    }

    private static Map<String, String> tunedJson(Map<String, String> all) {
        var settings = new LinkedHashMap<String, String>();
        all.forEach((key, value) -> {
            if (PLUGIN.stream().noneMatch(key::startsWith)) {
                settings.put(key, value);
            }
        });
        settings.put("key.converter", JSON);
        settings.put("key.converter.schemas.enable", "false");
        settings.put("value.converter", JSON);
        settings.put("value.converter.schemas.enable", "false");
        return settings;
    }

    private static Map<String, String> defaults(Map<String, String> all) {
        var settings = new LinkedHashMap<String, String>();
        all.forEach((key, value) -> {
            if (key.startsWith("database.")
                    || Set.of(
                                    "connector.class",
                                    "topic.prefix",
                                    "plugin.name",
                                    "slot.name",
                                    "publication.name",
                                    "publication.autocreate.mode",
                                    "snapshot.mode",
                                    "table.include.list",
                                    "topic.creation.default.partitions",
                                    "topic.creation.default.replication.factor")
                            .contains(key)) {
                settings.put(key, value);
            }
        });
        // The lab's worker has no converter for all; these two are the ones of Kafka's own file, with its settings.
        settings.put("key.converter", JSON);
        settings.put("value.converter", JSON);
        return settings;
    }
}
