package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.core.event.TableId;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;
import localcdc.core.verify.TableTruth;
import localcdc.stack.TestDatabase;

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
        return TableTruth.rows(pipeline().reader(), TableId.parse(table));
    }

    /** Waits until everything committed by now is applied. */
    KafkaPath catchUp(TestDatabase database) {
        var marker = "test-" + UUID.randomUUID();
        database.execute("SELECT pg_logical_emit_message(true, 'localcdc', '" + marker + "')");
        try {
            assertThat(pipeline().awaitMarker(marker, PATIENCE))
                    .as("marker comes by; state %s: %s", state(), pipeline().stateReason())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return awaitReady();
    }

    /** Asserts that the map holds exactly what {@code to_jsonb} prints for each row of these tables. */
    void assertEqualsPostgres(TestDatabase database, String... tables) {
        var server = database.server();
        var settings = new PgSettings(
                server.host(), server.port(), database.name(), server.user(), server.password(), SslMode.PREFER);
        try (var connection = settings.open("test")) {
            for (var table : tables) {
                TableTruth.assertEqual(
                        connection, TableId.parse(table), List.of(), pipeline().reader());
            }
        } catch (SQLException | SourceException e) {
            throw new AssertionError(e);
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
