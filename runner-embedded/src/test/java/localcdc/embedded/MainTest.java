package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import localcdc.common.cli.MainCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line where no server is asked. */
class MainTest {

    @TempDir
    private Path folder;

    @Test
    void helpNamesEveryFlagAndExitCode() {
        var call = MainCall.of(Main::run, "--help").endsWith(0);

        assertThat(call.err()).isEmpty();
        assertThat(call.out())
                .contains("--pg-host", "--pg-port", "--pg-database", "--pg-user", "--pg-password-file", "--pg-sslmode")
                .contains("--table", "--topic-prefix", "--slot", "--publication", "--engine", "--debezium")
                .contains("--http-host", "--http-port", "--no-http", "--log-events", "--report-every")
                .contains("--until-caught-up", "--output", "--log-format", "--leave-out", "--print-config")
                .contains("doctor", "slots", "verify", "generate-completion", "Exit codes:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"doctor", "slots", "verify"})
    void everySubcommandHelps(String command) {
        var call = MainCall.of(Main::run, command, "--help").endsWith(0);

        assertThat(call.out()).contains("Usage: runner-embedded " + command).doesNotContain("%%", "${");
    }

    @Test
    void versionIsOneLineEachForProgramDebeziumAndJava() {
        var call = MainCall.of(Main::run, "--version").endsWith(0);

        assertThat(call.out().lines()).hasSize(3);
        assertThat(call.out()).startsWith("runner-embedded ").contains("\nDebezium ", "\nJava ");
    }

    @Test
    void anUnknownFlagIsWrongUse() {
        var call = MainCall.of(Main::run, "--tabel", "a.b").endsWith(2);

        call.saying("'--tabel'", "--table", "Try 'runner-embedded --help'.");
        assertThat(call.out()).isEmpty();
    }

    @Test
    void allWrongFlagsAreNamedTogether() {
        var call = MainCall.of(
                        Main::run,
                        "--pg-port=99999",
                        "--pg-host=",
                        "--table=customers",
                        "--slot=My-Slot",
                        "--publication= ",
                        "--topic-prefix=a b",
                        "--engine=other",
                        "--leave-out=x",
                        "--report-every=soon",
                        "--debezium=slot.name=mine",
                        "--debezium=no-value",
                        "--nonsense")
                .endsWith(2);

        call.saying("99999", "The Postgres host is empty", "--table: 'customers'", "--slot is 'My-Slot'")
                .saying("--publication is empty", "--topic-prefix is 'a b'", "'--engine'", "'x'", "soon")
                .saying("--debezium slot.name cannot be set", "no-value", "'--nonsense'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "database.password",
                "Database.Password",
                "database.sslpassword",
                "producer.sasl.jaas.config",
                "client.secret"
            })
    void secretsAreRefusedWithTheSafeWayNamed(String key) {
        var call = MainCall.of(Main::run, "--debezium", key + "=hush-hush").endsWith(2);

        call.saying(key, "PGPASSWORD", "--pg-password-file", "~/.pgpass");
        assertThat(call.err() + call.out()).doesNotContain("hush-hush");
    }

    @Test
    void whatTheRunnerDependsOnCannotBeSet() {
        for (String key : EngineSettings.OWNED) {
            MainCall.of(Main::run, "--debezium", key + "=x").endsWith(2).saying("--debezium " + key + " cannot be set");
        }
    }

    @Test
    void propertiesOfDebeziumAreWrongUseWithoutIt() {
        MainCall.of(Main::run, "--engine=direct", "--debezium=max.batch.size=10")
                .endsWith(2)
                .saying("--debezium has no meaning with --engine direct");
    }

    @Test
    void aPasswordFileThatIsNotThereIsWrongUse() {
        MainCall.of(Main::run, "--pg-password-file", folder.resolve("none").toString())
                .endsWith(2)
                .saying("none' does not exist");
    }

    @Test
    void printsTheEffectiveSettingsWithoutThePassword() throws IOException {
        var call = MainCall.of(
                Main::run,
                withPassword(
                        "--print-config",
                        "--pg-port=6000",
                        "--table=inventory.*",
                        "--table=a b.c%2Ed",
                        "--slot=mine",
                        "--publication=Its Own",
                        "--debezium=max.batch.size=10"));

        call.endsWith(0);
        assertThat(call.out())
                .contains("--pg-port=6000   # flag")
                .contains("--table=inventory.*   # flag", "\"--table=a b.c%2Ed\"   # flag")
                .contains("# --topic-prefix=cdc   # default")
                .contains("--slot=mine   # flag", "\"--publication=Its Own\"   # flag")
                .contains("# --engine=debezium   # default")
                .contains("--debezium=max.batch.size=10   # flag")
                .contains("********")
                .doesNotContain("hush-hush");

        var again =
                MainCall.of(Main::run, "@" + Files.writeString(folder.resolve("config"), call.out()), "--print-config");
        again.endsWith(0);
        assertThat(again.out()).contains("--table=inventory.*   # flag", "--slot=mine   # flag");
    }

    @Test
    void printsTheEffectiveSettingsAsJsonToo() throws IOException {
        var call = MainCall.of(Main::run, withPassword("--print-config", "--output=json", "--topic-prefix=shop"))
                .endsWith(0);

        var tree = new ObjectMapper().readTree(call.out());
        assertThat(tree.get("--topic-prefix").get("value").asText()).isEqualTo("shop");
        assertThat(tree.get("password").get("value").asText()).isEqualTo("********");
        assertThat(call.out()).doesNotContain("hush-hush");
    }

    private String[] withPassword(String... args) throws IOException {
        var file = Files.writeString(folder.resolve("password"), "hush-hush\n");
        var all = new ArrayList<>(List.of(args));
        all.add("--pg-password-file=" + file);
        return all.toArray(String[]::new);
    }

    @Test
    void verifyNeedsTheRunnersAddress() {
        MainCall.of(Main::run, "verify").endsWith(2).saying("--url");
        MainCall.of(Main::run, "verify", "--url", "localhost:8080").endsWith(2).saying("--url is 'localhost:8080'");
    }

    @Test
    void slotsNeedsToKnowWhatToDo() {
        MainCall.of(Main::run, "slots").endsWith(2).saying("Missing required subcommand", "slots --help");
        MainCall.of(Main::run, "slots", "drop").endsWith(2).saying("NAME");
    }
}
