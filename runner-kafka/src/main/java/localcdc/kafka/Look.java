package localcdc.kafka;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import localcdc.core.source.SourceException;
import org.apache.kafka.common.Uuid;

/**
 * What one look at the broker has shown.
 *
 * @param existing every topic's name
 * @param topics the topics that are asked for and those with their truncates and messages, as far as they exist
 * @param control the names of the latter
 * @param problem why nothing could be seen, as a sentence's part, or null; then the rest is empty
 */
record Look(Set<String> existing, Map<String, Topic> topics, Set<String> control, String problem) {

    private static final int TOPICS_SHOWN = 20;

    /** A topic; one that is made again has another id. */
    record Topic(Uuid id, int partitions) {}

    static Look failed(String problem) {
        return new Look(Set.of(), Map.of(), Set.of(), problem);
    }

    /** The topics that carry rows. */
    Set<String> data() {
        var names = new TreeSet<>(topics.keySet());
        names.removeAll(control);
        return names;
    }

    /** Why a run with these settings cannot start by what this look has shown; nothing where its topics are there. */
    Optional<SourceException> missing(KafkaSettings settings) {
        var missing = settings.topics().stream()
                .filter(topic -> !topics.containsKey(topic))
                .toList();
        if (missing.isEmpty() && !data().isEmpty()) {
            return Optional.empty();
        }
        var there = existing.stream()
                .filter(topic -> !topic.startsWith("__"))
                .sorted()
                .limit(TOPICS_SHOWN)
                .collect(Collectors.joining(", "));
        return Optional.of(new SourceException(
                "There is no topic " + (settings.pattern() == null ? String.join(", ", missing) : settings.asked())
                        + " at " + settings.bootstrapServers() + ". "
                        + (there.isEmpty() ? "It has no topics at all." : "It has " + there + "."),
                "Correct --topic, or wait until the connector has written its first record: that makes the topic."
                        + (settings.hasIdentity()
                                ? " A topic that this user may not DESCRIBE does not show, either."
                                : "")));
    }

    boolean isControl(String topic) {
        return control.contains(topic);
    }
}
