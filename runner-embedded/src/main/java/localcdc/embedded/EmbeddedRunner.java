package localcdc.embedded;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;
import localcdc.common.http.KeyParser;
import localcdc.core.event.TableId;
import localcdc.core.index.HashMapIndexer;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;
import localcdc.embedded.server.Engine;

/**
 * The embedded path as an object: for the command line, for the lab, and for programs of your own. Start it once, close
 * it when done; everything else may be called from any thread.
 */
public final class EmbeddedRunner implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(30);

    private final EmbeddedSource source;
    private final Pipeline pipeline;
    private final MultiCollector metrics;

    /** A runner that is not started yet. */
    public EmbeddedRunner(EmbeddedSettings settings) {
        requireUtc();
        source = new EmbeddedSource(settings);
        pipeline = new Pipeline("embedded", source, new HashMapIndexer());
        metrics =
                settings.engine() == Engine.DEBEZIUM ? new EngineMetrics(settings.topicPrefix()) : MetricSnapshots::of;
    }

    /**
     * Makes UTC this JVM's time zone. The driver sends the JVM's zone to the server, and the server then prints ranges of
     * timestamps in it; no setting of the session undoes that for the engine's connections.
     */
    static void requireUtc() {
        System.setProperty("user.timezone", "UTC");
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    }

    /**
     * Checks the server and begins.
     *
     * @throws SourceException when the environment is not ready; nothing is left behind then
     */
    public void start() throws SourceException {
        pipeline.start();
    }

    /** State, map, position and latency. */
    public Pipeline pipeline() {
        return pipeline;
    }

    /** The engine's own metrics, for a status server; the direct engine has none. */
    public MultiCollector metrics() {
        return metrics;
    }

    /** How this runner's keys are read. */
    public KeyParser keys() {
        return new CapturedKeys(source);
    }

    /** The columns of a table that are left out, for verify; empty for a table that is not captured. */
    public List<String> leftOut(TableId table) {
        var captured = source.captured().get(table);
        return captured == null ? List.of() : captured.table().leftOut();
    }

    /** Tables that were captured at the start and cannot be at the moment: the map does not hold them. */
    public Set<TableId> tablesGone() {
        return source.missing();
    }

    /** Stops the stream and takes slot and publication away. May be repeated. */
    @Override
    public void close() {
        pipeline.stop(GRACE);
    }
}
