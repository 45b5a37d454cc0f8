package localcdc.kafka;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import localcdc.core.event.TableId;

/**
 * What the Kafka path was asked to do. Immutable.
 *
 * @param topics the topics by name; empty where {@code pattern} names them
 * @param pattern topics whose whole name matches; null where {@code topics} names them
 * @param bootstrapServers where the broker is, HOST:PORT, several separated by commas
 * @param kafka further properties of the clients, which win over ours; may hold secrets
 * @param group the consumer group that shares the topics, or null to read all of them alone
 * @param groupProtocol {@code consumer} or {@code classic}
 * @param topicPrefix what the connector puts in front of a table's name, or null to find it out
 * @param connectUrl Kafka Connect's address, or null
 * @param onBadRecord what a record that cannot be read does
 * @param tablesLeftOut tables that the map does not hold
 * @param columnsLeftOut columns that the map does not hold, by table
 * @param waitForTopics how long the start waits for a broker that does not answer yet and for topics that are not there yet
 */
public record KafkaSettings(
        List<String> topics,
        Pattern pattern,
        String bootstrapServers,
        Map<String, String> kafka,
        String group,
        String groupProtocol,
        String topicPrefix,
        URI connectUrl,
        OnBadRecord onBadRecord,
        Set<TableId> tablesLeftOut,
        Map<TableId, ? extends Collection<String>> columnsLeftOut,
        Duration waitForTopics) {

    /** What a record that cannot be read does. */
    public enum OnBadRecord {
        /** It ends the runner. */
        STOP,
        /** It is counted, logged and kept for inspection. */
        SKIP
    }

    public KafkaSettings {
        topics = List.copyOf(topics);
        kafka = Map.copyOf(kafka);
        tablesLeftOut = Set.copyOf(tablesLeftOut);
        columnsLeftOut = Map.copyOf(columnsLeftOut);
    }

    /** Settings of a runner that reads these topics alone, everything else by default. */
    public static KafkaSettings of(String bootstrapServers, String... topics) {
        return new KafkaSettings(
                List.of(topics),
                null,
                bootstrapServers,
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

    /** The same, as a member of a group. */
    public KafkaSettings inGroup(String name) {
        return with(name, connectUrl, waitForTopics);
    }

    /** The same, with the state of the connectors of the Kafka Connect at this address. */
    public KafkaSettings watchingConnect(URI address) {
        return with(group, address, waitForTopics);
    }

    /** The same, but its start waits as long as this. */
    public KafkaSettings waitingForTopics(Duration patience) {
        return with(group, connectUrl, patience);
    }

    private KafkaSettings with(String ofGroup, URI connect, Duration patience) {
        return new KafkaSettings(
                topics,
                pattern,
                bootstrapServers,
                kafka,
                ofGroup,
                groupProtocol,
                topicPrefix,
                connect,
                onBadRecord,
                tablesLeftOut,
                columnsLeftOut,
                patience);
    }

    /** PLAINTEXT, SASL_PLAINTEXT, SSL or SASL_SSL. */
    String securityProtocol() {
        return kafka.getOrDefault("security.protocol", "PLAINTEXT").toUpperCase(Locale.ROOT);
    }

    /** Whether the broker is told who we are, and may hide from us what is not for us. */
    boolean hasIdentity() {
        return kafka.keySet().stream().anyMatch(key -> key.startsWith("sasl.") || key.startsWith("ssl.keystore."));
    }

    /** Whether a topic of this name is asked for. */
    boolean asksFor(String topic) {
        return pattern == null ? topics.contains(topic) : pattern.matcher(topic).matches();
    }

    /** Without the further properties: they may hold secrets. */
    @Override
    public String toString() {
        return "KafkaSettings[" + asked() + " at " + bootstrapServers + "]";
    }

    /** The topics that are asked for, as people name them. */
    String asked() {
        return pattern == null ? String.join(", ", topics) : "matching " + pattern.pattern();
    }
}
