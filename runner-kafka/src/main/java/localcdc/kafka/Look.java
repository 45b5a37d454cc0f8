package localcdc.kafka;

import java.util.Map;
import java.util.Set;
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

    /** A topic; one that is made again has another id. */
    record Topic(Uuid id, int partitions) {}

    static Look failed(String problem) {
        return new Look(Set.of(), Map.of(), Set.of(), problem);
    }

    boolean isControl(String topic) {
        return control.contains(topic);
    }
}
