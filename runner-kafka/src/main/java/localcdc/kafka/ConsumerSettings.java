package localcdc.kafka;

import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The properties of the Kafka clients; no other class spells their names. Stateless. */
public final class ConsumerSettings {

    /** How long a question to the broker may take before it counts as not answered. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    private ConsumerSettings() {}

    /**
     * A consumer that is told which partitions to read, and keeps no offsets anywhere.
     *
     * @param purpose the end of the client's id
     */
    public static Properties alone(KafkaSettings settings, String purpose) {
        var p = common(settings, purpose);
        p.setProperty(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        p.setProperty(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        // The map is volatile, so positions are too: every start reads from the beginning. Nothing is committed, and an
        // offset that is gone is told, not replaced in silence.
        p.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        p.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        // What a producer has aborted was never committed in Postgres either.
        p.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        // Large fetches for the rebuild; a row larger than the limits still comes, alone.
        p.setProperty(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(64 << 20));
        p.setProperty(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(8 << 20));
        p.setProperty(ConsumerConfig.RECEIVE_BUFFER_CONFIG, Integer.toString(2 << 20));
        p.setProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "20000");
        // A change is fetched as soon as it is there.
        p.setProperty(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "1");
        p.setProperty(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "500");
        p.setProperty(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
        p.setProperty(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
        p.putAll(settings.kafka());
        return p;
    }

    /** A consumer that looks at a few records of a topic's end, and no more. */
    static Properties glance(KafkaSettings settings) {
        var p = alone(settings, "doctor");
        p.setProperty(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(4 << 20));
        p.setProperty(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(256 << 10));
        p.setProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "100");
        return p;
    }

    /** A member of the group that shares the topics. */
    static Properties shared(KafkaSettings settings) {
        var p = alone(settings, "data");
        p.setProperty(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        p.setProperty(ConsumerConfig.GROUP_PROTOCOL_CONFIG, settings.groupProtocol());
        if (settings.groupProtocol().equals("classic")) {
            // Only what moves is dropped and read again.
            p.putIfAbsent(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
            p.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "10000");
        }
        return p;
    }

    static Properties admin(KafkaSettings settings) {
        var p = common(settings, "admin");
        p.setProperty(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
        p.setProperty(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        settings.kafka().forEach((key, value) -> {
            if (AdminClientConfig.configNames().contains(key)) {
                p.setProperty(key, value);
            }
        });
        return p;
    }

    private static Properties common(KafkaSettings settings, String purpose) {
        var p = new Properties();
        p.setProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        p.setProperty(AdminClientConfig.CLIENT_ID_CONFIG, "localcdc-" + purpose);
        // Topics that come, go and are made again are noticed within seconds.
        p.setProperty(AdminClientConfig.METADATA_MAX_AGE_CONFIG, "5000");
        p.setProperty(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
        p.setProperty(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, "false");
        return p;
    }
}
