package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import localcdc.common.cli.Cli;
import localcdc.common.http.StatusServer;
import localcdc.common.report.RunnerStatus;
import localcdc.core.event.TableId;
import localcdc.embedded.server.Engine;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program's {@code verify} against a runner with its status server. Differences are planted where they would come
 * from: changes that the runner is not told, since its publication leaves them out. Each test has a table of its own.
 */
class VerifyIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EVERYTHING = "insert, update, delete, truncate";

    @TempDir
    private static Path folder;

    private static TestDatabase database;
    private static RunningPath path;
    private static RunnerStatus status;
    private static StatusServer server;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void start() throws Exception {
        database = TestPostgres.shared().createDatabase();
        for (var table : List.of("busy", "missing", "extra", "stale", "truncated")) {
            database.execute(
                    "CREATE TABLE " + table + " (id int PRIMARY KEY, v text)",
                    "INSERT INTO " + table + " SELECT g, 'first' FROM generate_series(1, 100) g");
        }
        database.execute(
                "CREATE TABLE documents (id int PRIMARY KEY, body json)",
                "INSERT INTO documents VALUES (1, '{}')",
                "CREATE SCHEMA app",
                "CREATE TABLE app.people (id int PRIMARY KEY, name text, ssn text)",
                "INSERT INTO app.people VALUES (1, 'Ann', '1-2'), (2, 'Bob', '3-4')",
                "CREATE TABLE app.secrets (id int PRIMARY KEY)",
                "INSERT INTO app.secrets VALUES (1)");
        var settings = RunningPath.leavingOut(
                RunningPath.of(Engine.DEBEZIUM, RunningPath.settings(database), "public.*", "app.*"),
                "app.people.ssn",
                "app.secrets");
        path = RunningPath.start(settings);
        status = RunnerStatus.of(path.pipeline())
                .leftOutColumns(Map.of(TableId.parse("app.people"), List.of("ssn")))
                .leftOutTables(Set.of(TableId.parse("app.secrets")))
                .build();
        server = serve(status, path.runner());
    }

    @AfterAll
    static void stop() {
        server.close();
        status.close();
        path.close();
        database.close();
    }

    private static StatusServer serve(RunnerStatus status, EmbeddedRunner runner) throws Exception {
        return StatusServer.of(status, runner.keys())
                .address("127.0.0.1", OptionalInt.of(0))
                .postgres(() -> RunningPath.settings(database))
                .start();
    }

    private JsonNode trust(String method) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(server.url() + "/api/trust"))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return JSON.readTree(HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body());
    }

    @Test
    void comparesAlsoWhenThePageAsksForIt() throws Exception {
        assertThat(trust("POST").path("running").isObject()).isTrue();

        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> trust("GET").path("running").isNull());
        var latest = trust("GET").path("latest");
        assertThat(latest.path("rowsCompared").asInt()).as("%s", latest).isPositive();
        assertThat(latest.path("report").path("tables"))
                .as("%s", latest)
                .hasSameSizeAs(path.pipeline().reader().tables());
        boolean equal = latest.path("report").path("equal").asBoolean();
        var otherwise = latest.path("differences").asInt() > 0 ? "different" : "undecided";
        assertThat(latest.path("verdict").asText()).as("%s", latest).isEqualTo(equal ? "equal" : otherwise);
    }

    private int run(String... args) throws IOException {
        var postgres = RunningPath.settings(database);
        // A server that trusts everybody has no password, but a file for one may not be empty.
        var secret = postgres.password().isEmpty() ? "any" : postgres.password();
        var password = Files.writeString(folder.resolve("password"), secret + "\n");
        var all = new ArrayList<>(List.of(args));
        all.addAll(List.of(
                "--pg-host=" + postgres.host(),
                "--pg-port=" + postgres.port(),
                "--pg-database=" + postgres.database(),
                "--pg-user=" + postgres.user(),
                "--pg-password-file=" + password));
        return Cli.run(new Main(), new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    }

    private int verify(String table) throws IOException {
        return run("verify", "--url", server.url(), "--table", table);
    }

    /** The report, and the one table in it. */
    private JsonNode report(String table, int exitCode) throws IOException {
        assertThat(run("verify", "--url", server.url(), "--table", table, "--output", "json"))
                .as("exit code; stdout: %s; stderr: %s", out, err)
                .isEqualTo(exitCode);
        var report = JSON.readTree(out.toString());
        assertThat(report.get("tables")).hasSize(1);
        assertThat(report.get("tables").get(0).get("table").asText()).isEqualTo(table);
        assertThat(report.get("equal").asBoolean()).isEqualTo(exitCode == 0);
        return report;
    }

    private static void assertCounts(JsonNode report, int compared, int missing, int unexpected, int different) {
        var table = report.get("tables").get(0);
        assertThat(List.of("rowsCompared", "missing", "unexpected", "different", "inFlight"))
                .extracting(name -> table.get(name).asInt())
                .as("%s", report)
                .containsExactly(compared, missing, unexpected, different, 0);
    }

    private static String mismatch(String table, String kind, String key, String map, String postgres) {
        return "{\"table\":\"" + table + "\",\"kind\":\"" + kind + "\",\"key\":" + key + ",\"map\":" + map
                + ",\"postgres\":" + postgres + "}";
    }

    private static void assertMismatches(JsonNode report, String... expected) throws IOException {
        var trees = new ArrayList<JsonNode>();
        for (var text : expected) {
            trees.add(JSON.readTree(text));
        }
        assertThat(report.get("mismatches")).containsExactlyInAnyOrderElementsOf(trees);
    }

    /** Changes rows while the runner's publication has only these operations. */
    private static void publishing(String operations, String... changes) {
        var publication = "ALTER PUBLICATION \"" + path.detail("publication") + "\" SET (publish = '";
        database.execute(publication + operations + "')");
        database.execute(changes);
        database.execute(publication + EVERYTHING + "')");
    }

    @Test
    void isEqualWhileRowsAreWritten() throws Exception {
        var written = new AtomicLong();
        var writer = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "writer"));
        try (var connection = database.connect()) {
            Future<?> writing = writer.scheduleWithFixedDelay(
                    () -> write(connection, written.incrementAndGet()), 0, 1, TimeUnit.MILLISECONDS);
            await().atMost(RunningPath.PATIENCE).until(() -> written.get() > 100);
            long before = written.get();

            var report = report("public.busy", 0);

            assertThat(report.get("tables").get(0).get("rowsCompared").asInt()).isGreaterThan(90);
            assertThat(written.get()).isGreaterThan(before);
            assertThat(writing).as("no write failed").isNotDone();
        } finally {
            writer.shutdown();
            assertThat(writer.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Round and round, each row is updated, deleted or inserted; every statement is a transaction. */
    private static void write(Connection connection, long round) {
        try (var statement = connection.createStatement()) {
            long id = round % 100 + 1;
            statement.execute("UPDATE busy SET v = 'round " + round + "' WHERE id % 10 = " + id % 10);
            statement.execute("DELETE FROM busy WHERE id = " + id);
            statement.execute("INSERT INTO busy VALUES (" + id + ", 'new'), (" + (1000 + round) + ", 'more')");
            statement.execute("DELETE FROM busy WHERE id < " + (990 + round) + " AND id > 1000");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void findsARowThatTheMapHasNot() throws Exception {
        publishing("update, delete, truncate", "INSERT INTO missing VALUES (101, 'untold')");

        var report = report("public.missing", 4);

        assertCounts(report, 101, 1, 0, 0);
        assertMismatches(
                report, mismatch("public.missing", "missing", "{\"id\":101}", "null", "{\"id\":101,\"v\":\"untold\"}"));
    }

    @Test
    void findsARowThatTheMapHasTooMany() throws Exception {
        publishing("insert, update, truncate", "DELETE FROM extra WHERE id = 42");

        var report = report("public.extra", 4);

        assertCounts(report, 99, 0, 1, 0);
        assertMismatches(
                report, mismatch("public.extra", "unexpected", "{\"id\":42}", "{\"id\":42,\"v\":\"first\"}", "null"));
    }

    @Test
    void findsAStaleRowAndNoMoreOnceItIsWrittenAgain() throws Exception {
        publishing("insert, delete, truncate", "UPDATE stale SET v = 'second' WHERE id = 7");

        assertThat(verify("public.stale")).isEqualTo(4);
        assertThat(out.toString().replace("\r", "")).contains("""
                different public.stale {"id":7}
                  map       {"v":"first"}
                  postgres  {"v":"second"}
                The map does not equal Postgres: 1 row differs.
                """);

        database.execute("UPDATE stale SET v = 'third' WHERE id = 7");
        out.getBuffer().setLength(0);
        assertCounts(report("public.stale", 0), 100, 0, 0, 0);
    }

    @Test
    void findsThatATruncateWasNotFollowed() throws Exception {
        publishing("insert, update, delete", "TRUNCATE truncated", "INSERT INTO truncated VALUES (1, 'first')");

        var report = report("public.truncated", 4);

        assertCounts(report, 1, 0, 99, 0);
        assertThat(report.get("mismatches")).hasSize(20);
    }

    @Test
    void couldNotDecideAboutARunnerThatIsNotReady() throws Exception {
        try (var runner = new EmbeddedRunner(
                        RunningPath.of(Engine.DEBEZIUM, RunningPath.settings(database), "public.stale"));
                var starting = RunnerStatus.of(runner.pipeline()).build();
                var listening = serve(starting, runner)) {

            assertThat(run("verify", "--url", listening.url(), "--timeout", "1s"))
                    .isEqualTo(3);

            assertThat(out.toString()).isEmpty();
            assertThat(err.toString()).contains("is not ready: it is STARTING", "Waited 1 s.", "/readyz");
        }
    }

    @Test
    void namesTheRowThatPostgresItselfCannotPrint() throws Exception {
        database.execute("INSERT INTO documents VALUES (13, '\"\\u0000\"')");

        assertThat(run("verify", "--url", server.url(), "--table", "public.documents", "--timeout", "1s"))
                .isEqualTo(3);

        assertThat(out.toString())
                .contains("public.documents: Postgres cannot print all of table public.documents as jsonb")
                .contains("column \"body\" of the row with key [13]")
                .contains("It could not be decided");
    }

    @Test
    void namesWhatIsLeftOutAndDoesNotCompareIt() throws Exception {
        database.execute("UPDATE app.people SET ssn = 'other'", "INSERT INTO app.secrets VALUES (2)");

        var report = report("app.people", 0);
        assertCounts(report, 2, 0, 0, 0);
        assertThat(report.get("tables").get(0).get("leftOut")).hasToString("[\"ssn\"]");
        assertThat(report.get("leftOutTables")).hasToString("[\"app.secrets\"]");

        assertThat(verify("app.*")).isZero();
        assertThat(out.toString())
                .contains("app.people: not compared, since the runner leaves them out: ssn")
                .contains("Tables not compared, since the runner leaves them out: app.secrets");

        assertThat(verify("app.secrets")).isEqualTo(3);
        assertThat(err.toString()).contains("The runner leaves table app.secrets out");
    }

    @Test
    void theProgramTellsVerifyWhatItLeavesOut() throws Exception {
        assertThat(run(
                        "--table=app.*",
                        "--leave-out=app.secrets",
                        "--leave-out=app.people.ssn",
                        // The engine's metrics have a name for each prefix, and it waits long for one that is taken.
                        "--topic-prefix=other",
                        "--until-caught-up",
                        "--output=json",
                        "--http-port=0"))
                .as("exit code; stderr: %s", err)
                .isZero();

        var told = JSON.readTree(out.toString());
        assertThat(told.get("leftOutTables")).hasToString("[\"app.secrets\"]");
        assertThat(told.get("tables")).hasSize(1);
        assertThat(told.get("tables").get(0).get("leftOut")).hasToString("[\"ssn\"]");
    }
}
