package localcdc.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import localcdc.core.event.TableId;

/** What topics' names say: {@code <prefix>.<schema>.<table>}, and beside them the prefix's control topic. Stateless. */
final class TopicNames {

    /** Truncates and messages, as the project's own transform writes them. */
    static final String CONTROL = ".control";

    /** Messages, as Debezium writes them. */
    static final String MESSAGES = ".message";

    private TopicNames() {}

    /** Whether a pattern may mean this topic: not one of Kafka's or Debezium's own, nor one that carries no rows. */
    static boolean isData(String topic, Collection<String> existing) {
        return !topic.startsWith("__")
                && !topic.startsWith("connect-")
                && !(topic.endsWith(".transaction") || topic.endsWith(MESSAGES) || topic.endsWith(CONTROL))
                && existing.contains(topic);
    }

    /**
     * The prefix of a topic, as the topics beside it show.
     *
     * @param given what the user said it is, or null
     */
    static Optional<String> prefix(String topic, String given, Set<String> existing) {
        if (given != null) {
            return topic.startsWith(given + ".") ? Optional.of(given) : Optional.empty();
        }
        // The shortest first: a table may be called control itself.
        for (int dot = topic.indexOf('.'); dot > 0; dot = topic.indexOf('.', dot + 1)) {
            var prefix = topic.substring(0, dot);
            if (existing.contains(prefix + CONTROL) || existing.contains(prefix + MESSAGES)) {
                return Optional.of(prefix);
            }
        }
        return Optional.empty();
    }

    /** The topics that carry truncates and messages of these topics' tables. */
    static Set<String> control(Collection<String> topics, String given, Set<String> existing) {
        var control = new TreeSet<String>();
        for (var topic : topics) {
            prefix(topic, given, existing).ifPresent(prefix -> {
                for (var suffix : List.of(CONTROL, MESSAGES)) {
                    if (existing.contains(prefix + suffix)) {
                        control.add(prefix + suffix);
                    }
                }
            });
        }
        return control;
    }

    /** The table whose rows a topic carries, as its name says it. */
    static TableId table(String topic, String given, Set<String> existing) {
        var prefix = prefix(topic, given, existing);
        var rest = prefix.map(known -> topic.substring(known.length() + 1)).orElse(topic);
        var parts = new ArrayList<>(List.of(rest.split("\\.", -1)));
        if (parts.size() < 2) {
            return new TableId("public", rest);
        }
        if (prefix.isPresent()) {
            return new TableId(parts.get(0), rest.substring(parts.get(0).length() + 1));
        }
        return new TableId(parts.get(parts.size() - 2), parts.get(parts.size() - 1));
    }
}
