package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import localcdc.core.event.TableId;
import localcdc.core.index.LatestState;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;

/** A running Kafka path, with the questions that tests ask of it. */
final class KafkaPath implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaRunner runner;

    private KafkaPath(KafkaSettings settings) throws SourceException {
        runner = new KafkaRunner(settings);
        boolean started = false;
        try {
            runner.start();
            started = true;
        } finally {
            if (!started) {
                runner.close();
            }
        }
    }

    /** Starts without waiting. */
    static KafkaPath begin(KafkaSettings settings) throws SourceException {
        return new KafkaPath(settings);
    }

    /** Starts and waits until everything that the topics hold is applied. */
    static KafkaPath start(KafkaSettings settings) throws SourceException {
        return begin(settings).awaitReady();
    }

    KafkaPath awaitReady() {
        await().atMost(PATIENCE).until(() -> {
            pipeline().failure().ifPresent(failure -> {
                throw new AssertionError("the path failed: " + failure.sentences(), failure);
            });
            return pipeline().isReady();
        });
        return this;
    }

    KafkaRunner runner() {
        return runner;
    }

    Pipeline pipeline() {
        return runner.pipeline();
    }

    SourceState state() {
        return pipeline().state();
    }

    Object detail(String name) {
        return pipeline().sourceStatus().details().get(name);
    }

    /** The rows of a table in the map, each as JSON, by the key's JSON. */
    Map<String, String> rows(String table) {
        var rows = new TreeMap<String, String>();
        for (var state : pipeline().reader().dump(TableId.parse(table))) {
            var key = new ByteArrayOutputStream();
            var row = new ByteArrayOutputStream();
            write(state, key, row);
            rows.put(key.toString(StandardCharsets.UTF_8), row.toString(StandardCharsets.UTF_8));
        }
        return rows;
    }

    private static void write(LatestState state, ByteArrayOutputStream key, ByteArrayOutputStream row) {
        try {
            state.row().writeKeyJson(key);
            state.row().writeJson(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the table holds exactly these rows. */
    void awaitRows(String table, Map<String, String> wanted) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(rows(table)).isEqualTo(wanted));
    }

    @Override
    public void close() {
        runner.close();
    }
}
