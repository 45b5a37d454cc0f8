package localcdc.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import localcdc.common.doctor.Finding;
import org.apache.kafka.common.config.TopicConfig;

/** What a topic's partitions and settings mean for a map that is rebuilt from it. Stateless. */
final class TopicChecks {

    /** A row of 5 MB and what a record adds to it. */
    private static final long ROOM_FOR_A_ROW = 8 << 20;

    private static final long OURS = 64 << 20;

    private TopicChecks() {}

    /**
     * A topic that carries rows.
     *
     * @param settings the topic's settings by name
     * @param hasControl whether truncates come by a control topic beside it
     * @param removed how many of its records are gone
     */
    static List<Finding> data(
            String topic, int partitions, Map<String, String> settings, boolean hasControl, long removed) {
        var findings = new ArrayList<Finding>();
        findings.add(partitions(topic, partitions, hasControl));
        if (!settings.isEmpty()) {
            findings.add(cleanup(topic, settings, removed));
            findings.add(size(topic, settings));
        }
        return findings;
    }

    private static Finding partitions(String topic, int partitions, boolean hasControl) {
        if (partitions == 1) {
            return Finding.ok("partitions", topic + " has 1 partition.");
        }
        var found = topic + " has " + partitions + " partitions: changes of one row stay in order, those of different"
                + " rows may be seen in another order than they were committed in";
        return hasControl
                ? Finding.ok("partitions", found + ".")
                : Finding.warning(
                        "partitions",
                        found + ", and a TRUNCATE in one partition may be read before older rows of another.",
                        "Let truncates come by a control topic (k8s/base/connector.json does), or give the topic 1"
                                + " partition.");
    }

    private static Finding cleanup(String topic, Map<String, String> settings, long removed) {
        var policy = settings.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "delete");
        var bytes = settings.getOrDefault(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
        var millis = settings.getOrDefault(TopicConfig.RETENTION_MS_CONFIG, "-1");
        boolean forever = bytes.equals("-1") && millis.equals("-1");
        boolean deletes = !policy.equals("compact") && !forever;
        if (removed > 0 && !policy.equals("compact")) {
            return Finding.warning(
                    "cleanup.policy",
                    topic + " has cleanup.policy=" + policy + ", and its first " + removed
                            + " records are removed: rows that have not changed since are not in the map.",
                    compact(topic)
                            + "\nThen let the connector read the table again: an incremental snapshot, or a new connector"
                            + " with another topic.prefix.");
        }
        if (deletes) {
            return Finding.warning(
                    "cleanup.policy",
                    topic + " has cleanup.policy=" + policy + ", but a map that is rebuilt needs 'compact': records go "
                            + limits(millis, bytes) + ", and the rows that they hold with them.",
                    compact(topic));
        }
        if (removed > 0) {
            return Finding.warning(
                    "cleanup.policy",
                    topic + " is compacted, but its first " + removed
                            + " records were removed: rows that have not changed since are not in the map.",
                    "Let the connector read the table again: an incremental snapshot, or a new connector with another"
                            + " topic.prefix.");
        }
        return Finding.ok(
                "cleanup.policy",
                topic + (policy.equals("compact") ? " is compacted." : " keeps every record, without any limit."));
    }

    private static String limits(String millis, String bytes) {
        var limits = new ArrayList<String>();
        if (!millis.equals("-1")) {
            limits.add("after " + age(millis) + " (retention.ms=" + millis + ")");
        }
        if (!bytes.equals("-1")) {
            limits.add("beyond " + bytes + " bytes a partition (retention.bytes)");
        }
        return String.join(" or ", limits);
    }

    private static String age(String millis) {
        var age = Duration.ofMillis(Long.parseLong(millis));
        return age.toDays() >= 2
                ? age.toDays() + " days"
                : age.toHours() >= 2 ? age.toHours() + " h" : age.toMillis() + " ms";
    }

    private static String compact(String topic) {
        return alter(topic, "cleanup.policy=compact") + "\nAnd topic.creation.default.cleanup.policy=compact in the"
                + " connector's configuration, for tables to come.";
    }

    private static String alter(String topic, String setting) {
        return "kafka-configs.sh --bootstrap-server ... --alter --entity-type topics --entity-name " + topic
                + " --add-config " + setting;
    }

    private static Finding size(String topic, Map<String, String> settings) {
        var limit = settings.getOrDefault(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "");
        if (limit.isEmpty() || Long.parseLong(limit) >= ROOM_FOR_A_ROW) {
            return Finding.ok("max.message.bytes", topic + " takes records of " + limit + " bytes.");
        }
        return Finding.warning(
                "max.message.bytes",
                topic + " takes records of at most " + limit + " bytes; a larger row ends the connector's task. " + OURS
                        + " leaves room for large values.",
                alter(topic, "max.message.bytes=" + OURS) + "\nAnd producer.override.max.request.size=" + OURS
                        + " in the connector's configuration.");
    }

    /** The topic of truncates and messages. */
    static Finding control(String topic, int partitions, Map<String, String> settings) {
        if (partitions != 1) {
            return Finding.warning(
                    "control topic",
                    topic + " has " + partitions + " partitions, but it must have 1: in several a message may be read"
                            + " before an older truncate, and verify may find differences that are none.",
                    "Stop the connector, delete the topic, make it with 1 partition, and start the connector again"
                            + " (topic.creation.control.partitions=1). Truncates of the past are lost with it: let the"
                            + " connector read truncated tables again.");
        }
        var policy = settings.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "compact");
        if (!policy.equals("compact")) {
            return Finding.warning(
                    "control topic",
                    topic + " has cleanup.policy=" + policy
                            + ", but it must be 'compact': once a truncate is removed, a"
                            + " rebuilt map holds the truncated rows again.",
                    alter(topic, "cleanup.policy=compact"));
        }
        return Finding.ok(
                "control topic", topic + " is there, with 1 partition" + (settings.isEmpty() ? "." : ", compacted."));
    }

    /** There is no topic of truncates and messages. */
    static Finding noControl(String topics, String prefix, boolean ofDebezium) {
        var expected = prefix == null ? "control topic" : prefix + TopicNames.CONTROL;
        if (ofDebezium) {
            return Finding.warning(
                    "control topic",
                    "There is no " + expected + ", but " + prefix + TopicNames.MESSAGES
                            + " as Debezium writes it: a message there does not promise that the rows of earlier commits"
                            + " are in their topics, so verify may report rows that are only late.",
                    REMEDY);
        }
        return Finding.warning(
                "control topic",
                "There is no " + expected + " beside " + topics
                        + ": truncates may be lost, without markers verify cannot decide, and without heartbeats a silent"
                        + " connector looks like a silent table.",
                REMEDY + (prefix == null ? " Where it has another prefix, give --topic-prefix." : ""));
    }

    private static final String REMEDY =
            "Configure the connector as k8s/base/connector.json does: transform CanonicalRecord, heartbeat.action.query,"
                    + " producer interceptor MessageBarrier.";
}
