package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import localcdc.common.cli.LeftOut;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.core.event.TableId;
import localcdc.core.index.LatestState;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;
import localcdc.core.value.JsonEquality;
import localcdc.core.value.NumberRule;
import localcdc.core.value.PgTypeReader;
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

    static EmbeddedSettings of(PgSettings postgres, String... tables) {
        var patterns = List.of(tables).stream().map(TablePattern::parse).toList();
        return new EmbeddedSettings(postgres, patterns, List.of(), "cdc", null, null, Map.of());
    }

    static EmbeddedSettings leavingOut(EmbeddedSettings settings, String... leaveOut) {
        return new EmbeddedSettings(
                settings.postgres(),
                settings.tables(),
                List.of(leaveOut).stream().map(LeftOut::parse).toList(),
                settings.topicPrefix(),
                settings.slot(),
                settings.publication(),
                settings.debezium());
    }

    /** Starts and waits until everything committed before is applied. */
    static RunningPath start(TestDatabase database, String... tables) throws SourceException {
        return start(of(settings(database), tables));
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
        var rows = new TreeMap<String, String>();
        for (var state : pipeline().reader().dump(TableId.parse(table))) {
            rows.put(text(out -> writeKey(state, out)), text(out -> writeRow(state, out)));
        }
        return rows;
    }

    private static ByteArrayOutputStream writeKey(LatestState state, ByteArrayOutputStream out) {
        try {
            state.row().writeKeyJson(out);
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteArrayOutputStream writeRow(LatestState state, ByteArrayOutputStream out) {
        try {
            state.row().writeJson(out);
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(UnaryOperator<ByteArrayOutputStream> writer) {
        return writer.apply(new ByteArrayOutputStream()).toString(StandardCharsets.UTF_8);
    }

    /** Asserts that the map holds exactly what {@code to_jsonb} prints for each row of these tables. */
    void assertEqualsPostgres(String... tables) {
        for (String table : tables) {
            assertTableEqualsPostgres(TableId.parse(table));
        }
    }

    private void assertTableEqualsPostgres(TableId table) {
        var captured = runner.leftOut(table);
        try (var connection = postgres.open("test")) {
            var equality = JsonEquality.ofColumns(rules(connection, table));
            var expected = postgresRows(connection, table, captured);
            var found = new ArrayList<>(rows(table.toString()).values());
            assertThat(found).as("number of rows of %s", table).hasSameSizeAs(expected);
            // Rows are matched by content: each row Postgres has must be in the map, once.
            var byText = new TreeMap<String, String>();
            expected.forEach(row -> byText.put(row, row));
            for (String row : found) {
                if (byText.remove(row) == null) {
                    var twin = byText.keySet().stream()
                            .filter(candidate -> equality.equal(candidate, row))
                            .findFirst();
                    assertThat(twin)
                            .as("a row of %s like %s among %s", table, row, byText.keySet())
                            .isPresent();
                    byText.remove(twin.orElseThrow());
                }
            }
            assertThat(byText).isEmpty();
        } catch (SQLException | SourceException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> postgresRows(Connection connection, TableId table, List<String> leftOut)
            throws SQLException {
        var rows = new ArrayList<String>();
        try (var statement = connection.createStatement()) {
            var row = new StringBuilder("to_jsonb(t)");
            leftOut.forEach(column -> row.append(" - '").append(column).append('\''));
            try (var result = statement.executeQuery("SELECT (" + row + ")::text FROM " + table.quoted() + " t")) {
                while (result.next()) {
                    rows.add(result.getString(1));
                }
            }
        }
        return rows;
    }

    private static Map<String, NumberRule> rules(Connection connection, TableId table) throws SQLException {
        try (var statement = connection.prepareStatement("SELECT ?::regclass::oid::bigint")) {
            statement.setString(1, table.quoted());
            try (var result = statement.executeQuery()) {
                result.next();
                long oid = result.getLong(1);
                var rules = new TreeMap<String, NumberRule>();
                for (var column :
                        new PgTypeReader(connection).columns(List.of(oid)).get(oid)) {
                    rules.put(column.name(), JsonEquality.ruleFor(column.type()));
                }
                return rules;
            }
        }
    }

    @Override
    public void close() {
        runner.close();
    }
}
