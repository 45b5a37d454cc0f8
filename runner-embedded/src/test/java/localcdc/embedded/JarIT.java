package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import localcdc.common.cli.JarProcess;
import localcdc.embedded.server.Engine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The runnable jar as a child process: signals, a kill, and a laptop that is not in UTC. */
@Timeout(180)
class JarIT {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    @TempDir
    private Path folder;

    private CommandDatabase database;

    @BeforeEach
    void open() {
        database = new CommandDatabase(folder);
        database.execute("ALTER DATABASE " + database.database().name() + " SET TimeZone = 'America/New_York'", """
                CREATE TABLE t (id int PRIMARY KEY, at timestamptz, during tstzrange, n numeric, v text);
                INSERT INTO t SELECT g, '2024-03-31 02:30:00+09', '[2024-01-01 00:00+00,infinity)', g / 7.0, 'a'
                FROM generate_series(1, 100) g
                """);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private JarProcess start(String... more) throws IOException {
        var arguments = new ArrayList<>(database.connection());
        arguments.removeIf(argument -> argument.startsWith("--pg-password-file"));
        arguments.addAll(List.of("--http-port=0", "--table=public.*"));
        arguments.addAll(List.of(more));
        var password = database.database().server().password();
        return JarProcess.start("runner-embedded", "256m", folder, Map.of("PGPASSWORD", password), arguments);
    }

    /** Waits until the map holds what Postgres prints for each row. */
    private void awaitRightMap(JarProcess jar) {
        await().atMost(RunningPath.PATIENCE).untilAsserted(() -> {
            var dump = jar.get("/api/tables/public.t/dump");
            assertThat(dump.statusCode()).isEqualTo(200);
            var held = new TreeSet<String>();
            for (var line : dump.body().lines().toList()) {
                held.add(canonical(JSON.readTree(line).get("row")));
            }
            assertThat(held).isEqualTo(rows());
        });
    }

    /** The rows as Postgres prints them in a session of the canonical settings. */
    private Set<String> rows() throws Exception {
        try (var connection = RunningPath.settings(database.database()).open("test");
                var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT to_jsonb(t)::text FROM t")) {
            var rows = new TreeSet<String>();
            while (result.next()) {
                rows.add(canonical(JSON.readTree(result.getString(1))));
            }
            return rows;
        }
    }

    /** The object's fields in the order of their names. */
    private static String canonical(JsonNode row) {
        var fields = new TreeSet<String>();
        row.properties().forEach(field -> fields.add(field.toString()));
        return fields.toString();
    }

    private void change(String value) {
        database.execute(
                "UPDATE t SET v = '" + value + "', at = at + interval '1 day', during = tstzrange(at, NULL)",
                "DELETE FROM t WHERE id = (SELECT min(id) FROM t)",
                "INSERT INTO t SELECT max(id) + 1, now(), 'empty', 'NaN', '" + value + "' FROM t");
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void endsWithZeroAtSigtermAndLeavesNothingBehind(Engine engine) throws Exception {
        try (var jar = start("--engine=" + engine).awaitReady()) {
            awaitRightMap(jar);
            change("b");
            awaitRightMap(jar);
            assertThat(database.slots()).hasSize(1);

            assertThat(jar.terminate().awaitExit()).as(jar.err()).isZero();

            assertThat(jar.err())
                    .contains("SIGTERM: finishing the batch in hand", "dropped")
                    .doesNotContain("\tat ", database.database().server().password());
            assertThat(jar.out()).contains("public.t", "events received");
        }
        database.assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void cleansUpAfterARunThatWasKilled(Engine engine) throws Exception {
        String left;
        try (var killed = start("--engine=" + engine).awaitReady()) {
            change("b");
            killed.kill().awaitExit();
            assertThat(database.slots()).hasSize(1);
            left = database.slots().get(0);
        }
        change("c");
        try (var jar = start("--engine=" + engine).awaitReady()) {
            awaitRightMap(jar);
            change("d");
            awaitRightMap(jar);

            assertThat(jar.err()).contains("A killed run had left the slot " + left + " behind");
            assertThat(database.slots()).hasSize(1).doesNotContain(left);
            assertThat(database.publications()).hasSize(1);
            assertThat(jar.terminate().awaitExit()).isZero();
        }
        database.assertNothingLeft();
    }

    @Test
    void everyLogLineIsAnObjectIfAskedFor() throws Exception {
        try (var jar = start("--log-format=json", "--log-events=all", "--report-every=100ms", "--log-level=debug")
                .awaitReady()) {
            change("b");
            awaitRightMap(jar);
            await().atMost(RunningPath.PATIENCE).until(() -> jar.err().contains("EventLog"));
            assertThat(jar.terminate().awaitExit()).isZero();

            for (var line : jar.err().lines().toList()) {
                var object = JSON.readTree(line);
                assertThat(object.isObject()).as(line).isTrue();
                assertThat(object.has("ts") && object.has("level") && object.has("message"))
                        .as(line)
                        .isTrue();
            }
        }
    }

    @Test
    void takesThePasswordFromTheEnvironmentAndShowsItNowhere() throws Exception {
        try (var jar = start("--print-config")) {
            assertThat(jar.awaitExit()).isZero();

            assertThat(jar.out()).contains("********", "PGPASSWORD");
            if (!database.database().server().password().isEmpty()) {
                assertThat(jar.out() + jar.err())
                        .doesNotContain(database.database().server().password());
            }
        }
    }
}
