package localcdc.kafka;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import localcdc.core.event.TableId;
import localcdc.core.source.ChangeHandler;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two readers of the path, of the topics with rows and of those with truncates and messages, and which partitions they
 * are to read by the latest look at the broker. For one thread.
 */
final class Readers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);

    private final KafkaSettings settings;
    private final Applier applier;
    private final ChangeHandler handler;
    private final KafkaFacts facts;
    private final Map<String, Uuid> topicIds = new HashMap<>();
    private TopicReader data;
    private TopicReader control;
    private Look seen;
    private boolean followedWholly;
    private Set<String> subscribed = Set.of();

    /** @param seen the first look, by which topics are told from each other until another one is followed */
    Readers(KafkaSettings settings, Applier applier, ChangeHandler handler, KafkaFacts facts, Look seen) {
        this.settings = settings;
        this.applier = applier;
        this.handler = handler;
        this.facts = facts;
        this.seen = seen;
    }

    /** @throws KafkaException if the consumers' settings are wrong */
    void open() {
        openData();
        control = new TopicReader(
                new KafkaConsumer<>(ConsumerSettings.alone(settings, "control")),
                false,
                applier,
                handler,
                settings,
                this::tableOf);
        facts.readers(data, control);
    }

    private void openData() {
        var consumer = new KafkaConsumer<byte[], byte[]>(
                settings.group() == null
                        ? ConsumerSettings.alone(settings, "data")
                        : ConsumerSettings.shared(settings));
        data = new TopicReader(consumer, true, applier, handler, settings, this::tableOf);
    }

    /** The reader of rows. */
    TopicReader data() {
        return data;
    }

    /** The reader of truncates and messages. */
    TopicReader control() {
        return control;
    }

    /** The table that a topic is named after. */
    TableId tableOf(String topic) {
        return TopicNames.table(topic, settings.topicPrefix(), seen.existing());
    }

    /**
     * Reads what the look shows: topics and partitions that have come, gone, or been made again. Without effect, and cheap,
     * where it shows nothing else than the one before, unless that could not be followed wholly.
     */
    void follow(Look look) {
        if (followedWholly && look.equals(seen)) {
            // The same object is compared at once the next time.
            seen = look;
            return;
        }
        followedWholly = false;
        seen = look;
        var remade = new HashSet<TopicPartition>();
        look.topics().forEach((name, topic) -> {
            var before = topicIds.put(name, topic.id());
            if (before != null && !before.equals(topic.id())) {
                remade.addAll(partitions(name, topic));
            }
        });
        if (!remade.isEmpty()) {
            restart(remade, "the topic was deleted and made again");
        }
        if (settings.group() == null) {
            data.assign(partitionsOf(look, look.data()));
        } else if (!look.data().equals(subscribed)) {
            subscribed = look.data();
            data.subscribe(subscribed);
        }
        control.assign(partitionsOf(look, look.control()));
        facts.partitionsInAll(partitionsOf(look, look.data()).size());
        followedWholly = true;
    }

    private static Set<TopicPartition> partitionsOf(Look look, Set<String> topics) {
        return topics.stream()
                .filter(look.topics()::containsKey)
                .flatMap(name -> partitions(name, look.topics().get(name)).stream())
                .collect(Collectors.toSet());
    }

    private static Set<TopicPartition> partitions(String name, Look.Topic topic) {
        var partitions = new HashSet<TopicPartition>();
        for (int i = 0; i < topic.partitions(); i++) {
            partitions.add(new TopicPartition(name, i));
        }
        return partitions;
    }

    /** Reads partitions anew, for the reason given: what they had filled leaves the map first. */
    void restart(Set<TopicPartition> partitions, String why) {
        facts.restarted();
        var rows = new HashSet<TopicPartition>();
        var others = new HashSet<TopicPartition>();
        partitions.forEach(partition -> (seen.isControl(partition.topic()) ? others : rows).add(partition));
        if (!rows.isEmpty()) {
            data.restart(rows, why);
        }
        if (!others.isEmpty()) {
            control.restart(others, why);
        }
    }

    /** Joins the group anew: a member that was refused once is none any more, and does not become one again. */
    void joinAgain() {
        data.forget();
        close(data);
        openData();
        facts.readers(data, control);
        subscribed = Set.of();
        followedWholly = false;
    }

    /** Whether anything is to be applied yet that was there when its reading began. */
    boolean isBehind() {
        return data.isBehind() || control.isBehind();
    }

    /** After an interruption: both have caught up only with what is there now. */
    void retarget() {
        data.retarget();
        control.retarget();
    }

    /** Closes what was opened. */
    @Override
    public void close() {
        close(data);
        close(control);
    }

    private static void close(TopicReader reader) {
        if (reader == null) {
            return;
        }
        try {
            reader.close();
        } catch (KafkaException e) {
            LOG.debug("closing a consumer", e);
        }
    }
}
