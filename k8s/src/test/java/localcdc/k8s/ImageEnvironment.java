package localcdc.k8s;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What the images make of a container's environment. */
final class ImageEnvironment {
    /** What apache/kafka does not take for a setting: kafka.docker.KafkaDockerWrapper, ExcludeServerPropsEnv. */
    private static final Set<String> FOR_THE_JVM = Set.of(
            "KAFKA_VERSION",
            "KAFKA_HEAP_OPTS",
            "KAFKA_LOG4J_OPTS",
            "KAFKA_OPTS",
            "KAFKA_JMX_OPTS",
            "KAFKA_JVM_PERFORMANCE_OPTS",
            "KAFKA_GC_LOG_OPTS",
            "KAFKA_LOG4J_ROOT_LOGLEVEL",
            "KAFKA_LOG4J_LOGGERS",
            "KAFKA_TOOLS_LOG4J_LOGLEVEL",
            "KAFKA_JMX_HOSTNAME");

    /** Names that debezium/connect has of its own for settings: its docker-entrypoint.sh. */
    private static final Map<String, String> OF_CONNECT = Map.of(
            "BOOTSTRAP_SERVERS", "bootstrap.servers",
            "GROUP_ID", "group.id",
            "CONFIG_STORAGE_TOPIC", "config.storage.topic",
            "OFFSET_STORAGE_TOPIC", "offset.storage.topic",
            "STATUS_STORAGE_TOPIC", "status.storage.topic",
            "KEY_CONVERTER", "key.converter",
            "VALUE_CONVERTER", "value.converter",
            "OFFSET_FLUSH_INTERVAL_MS", "offset.flush.interval.ms",
            "OFFSET_FLUSH_TIMEOUT_MS", "offset.flush.timeout.ms",
            "SHUTDOWN_TIMEOUT", "task.shutdown.graceful.timeout.ms");

    private ImageEnvironment() {}

    /** The broker's settings: as kafka.docker.KafkaDockerWrapper of Kafka 4 makes them. */
    static Map<String, String> kafkaSettings(Map<String, String> environment) {
        Map<String, String> settings = new LinkedHashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith("KAFKA_") && !FOR_THE_JVM.contains(name)) {
                settings.put(
                        name.substring("KAFKA_".length())
                                .toLowerCase(Locale.ROOT)
                                .replace("_", ".")
                                .replace("...", "-")
                                .replace("..", "_"),
                        value);
            }
        });
        return settings;
    }

    /** The worker's settings: as docker-entrypoint.sh of the Debezium 3.6 image makes them. */
    static Map<String, String> connectSettings(Map<String, String> environment) {
        Map<String, String> settings = new LinkedHashMap<>();
        environment.forEach((name, value) -> {
            // It puts them into its file by a sed command whose separator is @.
            if (value.contains("@") || value.contains("\n")) {
                throw new IllegalArgumentException(name + " cannot have the value " + value);
            }
            if (OF_CONNECT.containsKey(name)) {
                settings.put(OF_CONNECT.get(name), value);
            } else if (name.startsWith("CONNECT_")) {
                settings.put(
                        name.substring("CONNECT_".length())
                                .toLowerCase(Locale.ROOT)
                                .replace("_", "."),
                        value);
            }
        });
        return settings;
    }
}
