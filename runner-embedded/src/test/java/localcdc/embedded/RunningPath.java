package localcdc.embedded;

import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import localcdc.common.cli.LeftOut;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.core.event.TableId;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;
import localcdc.core.verify.TableTruth;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.TablePattern;
import localcdc.stack.TestDatabase;

/** An embedded runner on a test's database, with the questions that tests ask of it. */
final class RunningPath implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PgSettings postgres;
    private final EmbeddedRunner runner;

    private RunningPath(EmbeddedSettings settings) throws SourceException {
        this.postgres = settings.postgres();
        this.runner = new EmbeddedRunner(settings);
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

    static PgSettings settings(TestDatabase database) {
        var server = database.server();
        return new PgSettings(
                server.host(), server.port(), database.name(), server.user(), server.password(), SslMode.PREFER);
    }

    static EmbeddedSettings of(Engine engine, PgSettings postgres, String... tables) {
        var patterns = List.of(tables).stream().map(TablePattern::parse).toList();
        return new EmbeddedSettings(postgres, patterns, List.of(), "cdc", null, null, engine, Map.of());
    }

    static EmbeddedSettings leavingOut(EmbeddedSettings settings, String... leaveOut) {
        return new EmbeddedSettings(
                settings.postgres(),
                settings.tables(),
                List.of(leaveOut).stream().map(LeftOut::parse).toList(),
                settings.topicPrefix(),
                settings.slot(),
                settings.publication(),
                settings.engine(),
                settings.debezium());
    }

    /** Starts and waits until everything committed before is applied. */
    static RunningPath start(Engine engine, TestDatabase database, String... tables) throws SourceException {
        return start(of(engine, settings(database), tables));
    }

    static RunningPath start(EmbeddedSettings settings) throws SourceException {
        return begin(settings).awaitReady();
    }

    /** Starts without waiting. */
    static RunningPath begin(EmbeddedSettings settings) throws SourceException {
        return new RunningPath(settings);
    }

    RunningPath awaitReady() {
        await().atMost(PATIENCE).until(() -> {
            pipeline().failure().ifPresent(failure -> {
                throw new AssertionError("the path failed: " + failure.sentences(), failure);
            });
            return pipeline().isReady();
        });
        return this;
    }

    Pipeline pipeline() {
        return runner.pipeline();
    }

    EmbeddedRunner runner() {
        return runner;
    }

    Object detail(String name) {
        return pipeline().sourceStatus().details().get(name);
    }

    /** Waits until everything committed by now is applied. */
    RunningPath catchUp() {
        var marker = ControlSession.newMarker("test");
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            try (var control = ControlSession.open(postgres)) {
                control.emit(marker);
            }
            return pipeline().awaitMarker(marker, Duration.ofSeconds(2));
        });
        return awaitReady();
    }

    /** The rows of a table in the map, each as JSON, by the key's JSON. */
    Map<String, String> rows(String table) {
        return TableTruth.rows(pipeline().reader(), TableId.parse(table));
    }

    /** Asserts that the map holds exactly what {@code to_jsonb} prints for each row of these tables. */
    void assertEqualsPostgres(String... tables) {
        for (String table : tables) {
            assertTableEqualsPostgres(TableId.parse(table));
        }
    }

    private void assertTableEqualsPostgres(TableId table) {
        try (var connection = postgres.open("test")) {
            TableTruth.assertEqual(
                    connection, table, runner.leftOut(table), pipeline().reader());
        } catch (SQLException | SourceException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        runner.close();
    }
}
