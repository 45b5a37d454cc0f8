package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import localcdc.common.cli.MainCall;
import localcdc.common.cli.ReferencePage;
import localcdc.stack.LocalPostgres;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program against servers that are not ready, and against one that is: exit code, sentence, nothing left behind. */
@Timeout(120)
class MainIT {

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

    /** A run that should end by itself: it must not start, so no flag says when to stop. */
    private MainCall start(String... args) throws IOException {
        var all = new ArrayList<>(List.of(args));
        all.add("--no-http");
        return database.call(all.toArray(String[]::new));
    }

    private MainCall startOn(String host, int port, String name, String user, String password) throws IOException {
        var flags = new ArrayList<>(CommandDatabase.flags(folder, host, port, name, user, password));
        flags.add("--no-http");
        return MainCall.of(Main::run, flags.toArray(String[]::new));
    }

    @Test
    void nothingListensThere() throws IOException {
        startOn("127.0.0.1", 1, "postgres", "postgres", "any")
                .endsWith(3)
                .saying("Nothing listens at 127.0.0.1:1", "--pg-port");
    }

    @Test
    void theServerRefusesThePassword() throws IOException {
        var server = database.database().server();
        if (server.password().isEmpty()) {
            TestPostgres.skip("this server takes any password");
        }

        var call = startOn(server.host(), server.port(), database.database().name(), server.user(), "hush-hush");

        call.endsWith(3).saying("refused the password of user '" + server.user() + "'", "PGPASSWORD");
        assertThat(call.err()).doesNotContain("hush-hush");
    }

    @Test
    void theDatabaseIsNotThere() throws IOException {
        var server = database.database().server();

        startOn(server.host(), server.port(), "no_such_database", server.user(), server.password())
                .endsWith(3)
                .saying("has no database 'no_such_database'", "--pg-database");
    }

    @ParameterizedTest
    @CsvSource({
        "wal_level, replica, 'has wal_level ''replica'', but change capture needs ''logical''', 01-wal-level.sql",
        "max_replication_slots, 0, Of max_replication_slots = 0, restart Postgres",
        "max_wal_senders, 0, Of max_wal_senders = 0, restart Postgres",
    })
    void theServersSettingsDoNotAllowIt(String setting, String value, String found, String remedy) throws Exception {
        try (var server = TestPostgres.privateServer(Map.of(setting, value))) {
            execute(server, "CREATE TABLE t (id int PRIMARY KEY)");

            var call = startOn(server);

            call.endsWith(3).saying(found, remedy);
            assertThat(count(server, "SELECT count(*) FROM pg_publication")).isZero();
        }
    }

    @Test
    void noSlotIsFree() throws Exception {
        try (var server = TestPostgres.privateServer(Map.of("max_replication_slots", "1"))) {
            execute(server, "CREATE TABLE t (id int PRIMARY KEY)");
            execute(server, "SELECT pg_create_logical_replication_slot('somebodys', 'pgoutput')");

            startOn(server).endsWith(3).saying("Of max_replication_slots = 1, 1 are in use: somebodys (inactive)");

            assertThat(count(server, "SELECT count(*) FROM pg_replication_slots"))
                    .isEqualTo(1);
            assertThat(count(server, "SELECT count(*) FROM pg_publication")).isZero();
        }
    }

    private MainCall startOn(LocalPostgres server) throws IOException {
        return startOn(server.host(), server.port(), "postgres", server.user(), server.password());
    }

    private static void execute(LocalPostgres server, String sql) throws Exception {
        try (var connection = server.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long count(LocalPostgres server, String sql) throws Exception {
        try (var connection = server.connect("postgres");
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    @Test
    void everyTableThatCannotBeTakenIsNamedAtOnce() throws IOException {
        var generated = database.majorVersion() >= 18 ? "VIRTUAL" : "STORED";
        database.execute(
                "CREATE TABLE keyless (id int)",
                "CREATE TABLE late (id int PRIMARY KEY, at timetz)",
                "CREATE TABLE sums (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) " + generated + ")");

        start("--table=public.keyless", "--table=public.customers", "--table=public.late", "--table=public.sums")
                .endsWith(3)
                .saying("public.keyless has no primary key", "ADD PRIMARY KEY")
                .saying("There is no table public.customers.")
                .saying("public.late has columns that cannot be carried without loss: at (time with time zone")
                .saying("--leave-out public.late.at")
                .saying("public.sums has columns that cannot be carried without loss: twice (generated")
                .saying("--leave-out public.sums.twice");

        database.assertNothingLeft();
    }

    @Test
    void whatCannotBeCarriedCanBeLeftOut() throws IOException {
        database.execute("CREATE TABLE late (id int PRIMARY KEY, at timetz)", "INSERT INTO late VALUES (1, now())");

        start("--table=public.late", "--leave-out=public.late.at", "--until-caught-up")
                .endsWith(0);

        database.assertNothingLeft();
    }

    @Test
    void noTableAtAll() throws IOException {
        database.execute("DROP TABLE t", "CREATE TABLE keyless (id int)");

        start().endsWith(3)
                .saying("No table of the database '" + database.database().name() + "' can be captured.")
                .saying("public.keyless has no primary key");

        database.assertNothingLeft();
    }

    @Test
    void aGivenSlotThatExistsIsNotTaken() throws IOException {
        var name = "mine_" + Long.toHexString(System.nanoTime());
        database.database().query("SELECT pg_create_logical_replication_slot('" + name + "', 'pgoutput')");

        start("--slot=" + name)
                .endsWith(3)
                .saying("The replication slot '" + name + "' exists already", "slots drop " + name);

        assertThat(database.slots()).containsExactly(name);
        assertThat(database.publications()).isEmpty();
    }

    @Test
    void aGivenPublicationMustPublishEverything() throws IOException {
        if (database.majorVersion() < 15) {
            TestPostgres.skip("publications have row filters since PostgreSQL 15");
        }
        database.execute("CREATE PUBLICATION partial FOR TABLE t WHERE (id > 1) WITH (publish = 'insert, update')");

        start("--publication=partial", "--table=public.t")
                .endsWith(3)
                .saying("The publication 'partial' has a row filter for public.t", "All rows are needed.")
                .saying("The publication 'partial' does not publish delete, truncate")
                .saying("ALTER PUBLICATION \"partial\"");

        database.assertNothingLeft();
        assertThat(database.publications()).containsExactly("partial");
    }

    @Test
    void aGivenPublicationThatPublishesEverythingIsUsedAndKept() throws IOException {
        database.execute("CREATE PUBLICATION all_of_t FOR TABLE t");

        start("--publication=all_of_t", "--slot=given_" + Long.toHexString(System.nanoTime()), "--until-caught-up")
                .endsWith(0);

        database.assertNothingLeft();
        assertThat(database.publications()).containsExactly("all_of_t");
    }

    @Test
    void stopsOnceCaughtUpAndPrintsTheStatus() throws IOException {
        var call = database.call("--until-caught-up", "--output=json", "--http-port=0", "--table=public.t")
                .endsWith(0);

        assertThat(call.out().lines()).hasSize(1);
        var status = JSON.readTree(call.out());
        assertThat(status.get("runner").asText()).isEqualTo("embedded");
        assertThat(status.get("engine").asText()).isEqualTo("debezium");
        assertThat(status.get("state").asText()).isEqualTo("STOPPED");
        assertThat(status.get("tables").get(0).get("table").asText()).isEqualTo("public.t");
        assertThat(status.get("tables").get(0).get("size").asInt()).isEqualTo(2);
        assertThat(status.get("tables").get(0).get("reads").asInt()).isEqualTo(2);
        assertThat(status.get("lastChange").isNull())
                .as("nothing but a snapshot")
                .isTrue();
        var documented = fields(JSON.readTree(ReferencePage.of("http.md").json("### `GET /api/status`")));
        documented.removeIf(name -> name.startsWith("lastChange."));
        assertThat(documented)
                .as("the fields of the example in docs/reference/http.md")
                .isEqualTo(fields(status));
        call.saying("status server listens at http://127.0.0.1:");
        database.assertNothingLeft();
    }

    /** The names of an object's fields and of those inside; of a list, its first entry's. */
    private static Set<String> fields(JsonNode object) {
        var names = new TreeSet<String>();
        object.properties().forEach(field -> {
            names.add(field.getKey());
            var inner = field.getValue().isArray() ? field.getValue().path(0) : field.getValue();
            fields(inner).forEach(name -> names.add(field.getKey() + "." + name));
        });
        return names;
    }

    @Test
    void printsAReportForPeople() throws IOException {
        var call = start("--until-caught-up").endsWith(0).saying("Snapshot read: 2 rows", "SNAPSHOT -> STREAMING");

        assertThat(call.out()).contains("public.t", "2 events received");
    }
}
