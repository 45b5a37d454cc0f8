package localcdc.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import localcdc.core.source.SourceException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks the broker which topics there are. For one thread; the caller closes it. */
final class Broker implements AutoCloseable {

    private static final Duration FIRST_LOOK = Duration.ofSeconds(10);
    private static final Duration FINDING_OUT = Duration.ofSeconds(8);
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final KafkaSettings settings;
    private final Admin admin;

    private Broker(KafkaSettings settings, Admin admin) {
        this.settings = settings;
        this.admin = admin;
    }

    /**
     * Makes a client; nothing is asked yet but whether Kafka is there at all.
     *
     * @throws SourceException when its settings are wrong, or lead to an unknown host or to somebody else than a broker
     */
    static Broker connect(KafkaSettings settings) throws SourceException {
        var wrong = Reachability.wrongSpeaker(settings);
        if (wrong.isPresent()) {
            throw wrong.get();
        }
        try {
            return new Broker(settings, Admin.create(ConsumerSettings.admin(settings)));
        } catch (KafkaException e) {
            throw KafkaProblem.isUnknownHost(e)
                    ? Reachability.explain(settings, FINDING_OUT, e).orElse(KafkaProblem.explain(settings, e))
                    : KafkaProblem.wrongSettings(settings, e);
        }
    }

    Admin admin() {
        return admin;
    }

    /**
     * Looks at the topics as a start does: where the broker does not answer, the address that does not is named.
     *
     * @throws SourceException when it does not answer, or refuses
     */
    Look firstLook() throws SourceException, InterruptedException {
        try {
            return look(FIRST_LOOK);
        } catch (SourceException e) {
            if (!KafkaProblem.isSilence(e)) {
                throw e;
            }
            throw Reachability.explain(settings, FINDING_OUT, e).orElse(e);
        }
    }

    /**
     * Looks at the topics.
     *
     * @param patience how long the broker may take to answer
     * @throws SourceException when it does not, or refuses
     */
    Look look(Duration patience) throws SourceException, InterruptedException {
        try {
            int millis = (int) patience.toMillis();
            var names = admin.listTopics(
                            new ListTopicsOptions().timeoutMs(millis).listInternal(false))
                    .names()
                    .get(millis + 1000L, TimeUnit.MILLISECONDS);
            var data = new TreeSet<String>();
            for (var name : names) {
                if (settings.asksFor(name) && (settings.pattern() == null || TopicNames.isData(name, names))) {
                    data.add(name);
                }
            }
            var control = TopicNames.control(data, settings.topicPrefix(), names);
            control.removeAll(data);
            var all = new TreeSet<>(data);
            all.addAll(control);
            return new Look(names, describe(all, millis), control, null);
        } catch (ExecutionException e) {
            throw KafkaProblem.explain(settings, e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw KafkaProblem.explain(
                    settings, new org.apache.kafka.common.errors.TimeoutException(e.getMessage(), e));
        } catch (KafkaException e) {
            throw KafkaProblem.explain(settings, e);
        }
    }

    private Map<String, Look.Topic> describe(Set<String> names, int millis)
            throws ExecutionException, InterruptedException, java.util.concurrent.TimeoutException {
        var topics = new HashMap<String, Look.Topic>();
        var options = new org.apache.kafka.clients.admin.DescribeTopicsOptions().timeoutMs(millis);
        for (var entry : admin.describeTopics(names, options).topicNameValues().entrySet()) {
            try {
                var topic = entry.getValue().get(millis + 1000L, TimeUnit.MILLISECONDS);
                topics.put(
                        entry.getKey(),
                        new Look.Topic(topic.topicId(), topic.partitions().size()));
            } catch (ExecutionException e) {
                // Deleted since it was listed.
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return topics;
    }

    @Override
    public void close() {
        admin.close(CLOSING);
    }
}
