package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import localcdc.common.cli.HttpToken;
import localcdc.common.http.StatusServer;
import localcdc.common.report.RunnerStatus;
import localcdc.common.verify.TrustCheck;
import localcdc.core.source.SourceException;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.ReplicationSlots;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code doctor}, {@code slots} and {@code verify} as parts of the program: exit code and what is printed. */
@Timeout(120)
class SubcommandsIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private CommandDatabase database;

    @BeforeEach
    void open() {
        database = new CommandDatabase(folder);
        database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void doctorSaysWhetherARunCouldStart() throws IOException {
        var ready = database.call("doctor", "--table=public.t").endsWith(0);
        assertThat(ready.out()).contains("ok    wal_level", "Ready").doesNotContain("FAIL");
        assertThat(ready.err()).isEmpty();

        database.execute("CREATE TABLE keyless (id int)");
        var notReady = database.call("doctor", "--table=public.keyless").endsWith(3);
        assertThat(notReady.out()).contains("FAIL  tables: public.keyless has no primary key", "Not ready: 1 error");
        database.assertNothingLeft();
    }

    @Test
    void slotsAreListedAndDropped() throws IOException {
        var name = ReplicationSlots.newOwnName();
        database.database().query("SELECT pg_create_logical_replication_slot('" + name + "', 'pgoutput')");

        assertThat(database.call("slots", "list").endsWith(0).out())
                .startsWith("NAME")
                .contains(name);
        assertThat(database.call("slots", "drop", name).endsWith(0).out()).startsWith("Dropped the replication slot");
        database.call("slots", "drop", name).endsWith(3).saying("There is no replication slot '" + name + "'.");
    }

    @Test
    void verifyTellsEqualFromDifferent() throws Exception {
        var settings = RunningPath.of(Engine.DEBEZIUM, RunningPath.settings(database.database()), "public.t");
        try (var path = RunningPath.start(settings);
                var status = RunnerStatus.of(path.pipeline()).build();
                var server = StatusServer.of(status, path.runner().keys())
                        .address("127.0.0.1", OptionalInt.of(0))
                        .start()) {
            database.execute("UPDATE t SET v = 'c' WHERE id = 1");
            var equal = database.call("verify", "--url", server.url()).endsWith(0);
            assertThat(equal.out()).contains("public.t", "The map equals Postgres: 2 rows compared");

            var publication = database.publications().get(0);
            database.execute(
                    "ALTER PUBLICATION \"" + publication + "\" SET (publish = 'insert, delete, truncate')",
                    "UPDATE t SET v = 'unseen' WHERE id = 2");
            var different = database.call("verify", "--url", server.url()).endsWith(4);
            assertThat(different.out())
                    .contains("different public.t ", "\"b\"", "\"unseen\"")
                    .contains("The map does not equal Postgres: 1 row differs.");

            var asJson = database.call("verify", "--url", server.url(), "--output=json")
                    .endsWith(4);
            var report = JSON.readTree(asJson.out());
            assertThat(report.get("equal").asBoolean()).isFalse();
            assertThat(report.get("tables").get(0).get("different").asInt()).isEqualTo(1);
            assertThat(report.get("tables").get(0).get("inFlight").asInt()).isZero();
        }
        database.assertNothingLeft();
    }

    @Test
    void verifyTellsTheRunnerWhatItHasFound() throws Exception {
        var settings = RunningPath.of(Engine.DEBEZIUM, RunningPath.settings(database.database()), "public.t");
        var token = Files.writeString(folder.resolve("token"), "0123456789abcdef\n");
        try (var path = RunningPath.start(settings);
                var status = RunnerStatus.of(path.pipeline()).build();
                var server = serve(status, path, Optional.of(HttpToken.readFrom(token)));
                var open = serve(status, path, Optional.empty())) {
            var told = open.trust().orElseThrow();
            database.call("verify", "--url", open.url(), "--table=public.t").endsWith(0);
            assertThat(told.latest()).isEmpty();

            var report = database.call("verify", "--url", open.url(), "--output=json")
                    .endsWith(0)
                    .out();
            assertThat(told.latest()).hasValueSatisfying(result -> {
                assertThat(result.by()).isEqualTo(TrustCheck.By.COMMAND);
                assertThat(result.report().toJson()).isEqualTo(report.strip());
            });

            var guarded = server.trust().orElseThrow();
            var without = database.call("verify", "--url", server.url()).endsWith(0);
            assertThat(without.err()).doesNotContain("page");
            var wrong = Files.writeString(folder.resolve("wrong"), "fedcba9876543210\n");
            database.call("verify", "--url", server.url(), "--http-token-file=" + wrong)
                    .endsWith(0)
                    .saying("The runner's page does not show this result: it wants the token");
            assertThat(guarded.latest()).isEmpty();
            database.call("verify", "--url", server.url(), "--http-token-file=" + token)
                    .endsWith(0);
            assertThat(guarded.latest()).isPresent();
        }
        database.assertNothingLeft();
    }

    private StatusServer serve(RunnerStatus status, RunningPath path, Optional<HttpToken> token)
            throws SourceException {
        return StatusServer.of(status, path.runner().keys())
                .address("127.0.0.1", OptionalInt.of(0))
                .postgres(() -> RunningPath.settings(database.database()))
                .token(token)
                .start();
    }

    @Test
    void verifyCannotDecideWithoutARunner() throws IOException {
        var call = database.call("verify", "--url=http://127.0.0.1:1", "--timeout=1s", "--output=json")
                .endsWith(3)
                .saying("127.0.0.1:1");

        assertThat(JSON.readTree(call.out()).get("equal").asBoolean()).isFalse();
    }
}
