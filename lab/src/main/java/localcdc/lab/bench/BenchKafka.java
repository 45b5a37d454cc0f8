package localcdc.lab.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import localcdc.core.source.SourceException;
import localcdc.stack.ConnectorConfig;
import localcdc.stack.LocalKafka;
import localcdc.stack.StackException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** The broker that is measured with. For one thread; the caller closes it. */
public final class BenchKafka implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 30;
    private static final long RECORDS_PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(15);
    private static final long LOOK_MILLIS = 50;

    /** So that compaction falls into nobody's time, and topics that are done with give their disk back. */
    private static final Map<String, String> SETTINGS = Map.of(
            "log.cleaner.min.compaction.lag.ms", "86400000",
            "log.segment.delete.delay.ms", "1000");

    private final LocalKafka broker;
    private final Admin admin;

    private BenchKafka(LocalKafka broker) {
        this.broker = broker;
        this.admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    public static BenchKafka start() throws SourceException {
        var broker = LocalKafka.builder().settings(SETTINGS).build();
        boolean started = false;
        try {
            broker.start();
            started = true;
            return new BenchKafka(broker);
        } catch (StackException e) {
            throw new SourceException(e.problem(), e.remedy(), e);
        } finally {
            if (!started) {
                broker.close();
            }
        }
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** The broker's process. */
    public long pid() {
        return broker.pid();
    }

    /** Makes a topic of one partition, as the shipped connector would. */
    public void makeTopic(String name) throws SourceException {
        var prefix = "topic.creation.default.";
        var properties = new HashMap<String, String>();
        ConnectorConfig.read().settings().forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                properties.put(key.substring(prefix.length()), value);
            }
        });
        properties.remove("partitions");
        properties.remove("replication.factor");
        asked("make topic " + name, () -> admin.createTopics(
                        List.of(new NewTopic(name, 1, (short) 1).configs(properties)))
                .all()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    /** Removes all topics of a connector. */
    void deleteTopics(String prefix) throws SourceException {
        asked("delete topics", () -> {
            var names = admin.listTopics().names().get(PATIENCE_SECONDS, TimeUnit.SECONDS).stream()
                    .filter(name -> name.startsWith(prefix + ".") || name.endsWith("." + prefix))
                    .toList();
            return admin.deleteTopics(names).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        });
    }

    /** Waits until a topic of one partition has so many records. */
    public void awaitRecords(String topic, long records) throws SourceException, InterruptedException {
        long deadline = System.nanoTime() + RECORDS_PATIENCE_NANOS;
        while (end(topic) < records) {
            if (System.nanoTime() > deadline) {
                throw new SourceException(
                        "Topic " + topic + " has " + end(topic) + " records, and not " + records + ".",
                        "See the log of Kafka Connect.");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private long end(String topic) throws SourceException {
        var partition = new TopicPartition(topic, 0);
        return asked("tell where " + topic + " ends", () -> admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .offset());
    }

    private interface Question<T> {
        T ask() throws ExecutionException, TimeoutException, InterruptedException;
    }

    private static <T> T asked(String what, Question<T> question) throws SourceException {
        try {
            return question.ask();
        } catch (ExecutionException | TimeoutException e) {
            throw new SourceException("The broker did not " + what + ": " + e.getMessage(), "Start again.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("Interrupted while asking the broker.", "Start again.", e);
        }
    }

    @Override
    public void close() {
        try (broker) {
            admin.close();
        }
    }
}
