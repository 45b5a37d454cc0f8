package localcdc.kafka;

import io.prometheus.metrics.model.registry.MultiCollector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import localcdc.common.http.KeyParser;
import localcdc.common.report.RunnerStatus;
import localcdc.core.index.HashMapIndexer;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;

/**
 * The Kafka path as an object: for the command line, for the lab, and for programs of your own. Start it once, close it
 * when done; everything else may be called from any thread.
 */
public final class KafkaRunner implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(30);

    private final KnownTables tables = new KnownTables();
    private final BadRecords bad = new BadRecords();
    private final KafkaSource source;
    private final Pipeline pipeline;

    /** A runner that is not started yet. */
    public KafkaRunner(KafkaSettings settings) {
        source = new KafkaSource(settings, tables, bad);
        pipeline = new Pipeline("kafka", source, new HashMapIndexer());
    }

    /**
     * Asks the broker and begins.
     *
     * @throws SourceException when the environment is not ready
     */
    public void start() throws SourceException {
        pipeline.start();
    }

    /** State, map, position and latency. */
    public Pipeline pipeline() {
        return pipeline;
    }

    /** How this runner's keys are read. */
    public KeyParser keys() {
        return tables;
    }

    /** Records that could not be read. */
    public long badRecords() {
        return bad.count();
    }

    /** The latest of them, the newest first: topic, partition, offset, problem, and the beginning of key and value. */
    public List<Map<String, Object>> latestBadRecords() {
        return bad.latest();
    }

    /** The consumers' own metrics, for a status server. */
    public MultiCollector metrics() {
        return new ConsumerMetrics(source.facts());
    }

    /** The partitions that this process reads, with where each stands. */
    public List<Map<String, Object>> partitions() {
        return source.facts().partitions();
    }

    /** Why the map is only a part of the tables, as a sentence; nothing where it is whole. */
    public Optional<String> partOnly() {
        return source.facts().partOnly();
    }

    /** Begins to describe this runner, with the fields that only it has. */
    public RunnerStatus.Builder status() {
        return RunnerStatus.of(pipeline).field("badRecords", this::badRecords).field("partitions", this::partitions);
    }

    /** Stops reading. May be repeated. */
    @Override
    public void close() {
        pipeline.stop(GRACE);
    }
}
