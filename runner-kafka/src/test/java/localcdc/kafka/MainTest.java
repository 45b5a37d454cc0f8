package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import localcdc.common.cli.MainCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line where no broker is asked. */
class MainTest {

    @TempDir
    private Path folder;

    private static MainCall call(String... args) {
        return MainCall.of(Main::run, args);
    }

    private String config(String... lines) throws IOException {
        return "--kafka-config="
                + Files.writeString(folder.resolve("client.properties"), String.join("\n", lines) + "\n");
    }

    @Test
    void helpNamesEveryFlagAndExitCode() {
        var call = call("--help").endsWith(0);

        assertThat(call.err()).isEmpty();
        assertThat(call.out())
                .contains("--topic", "--topic-pattern", "--bootstrap-servers", "KAFKA_BOOTSTRAP_SERVERS")
                .contains("--kafka=", "--kafka-config", "--topic-prefix", "--connect-url")
                .contains("--group=", "--group-protocol", "--on-bad-record")
                .contains("--http-host", "--http-port", "--no-http", "--log-events", "--report-every")
                .contains("--until-caught-up", "--output", "--log-format", "--leave-out", "--print-config")
                .contains("doctor", "verify", "generate-completion", "Exit codes:")
                .doesNotContain("%%", "${");
    }

    @ParameterizedTest
    @ValueSource(strings = {"doctor", "verify"})
    void everySubcommandHelps(String command) {
        var call = call(command, "--help").endsWith(0);

        assertThat(call.out())
                .contains("Usage: runner-kafka " + command, "--timeout", "--output")
                .doesNotContain("%%", "${");
    }

    @Test
    void doctorTakesWhatSaysWhereToLook() {
        assertThat(call("doctor", "--help").out())
                .contains("--topic=", "--topic-pattern", "--bootstrap-servers", "--kafka=", "--kafka-config")
                .contains("--topic-prefix", "--connect-url", "Exit codes:");
    }

    @Test
    void versionIsOneLineEachForProgramDebeziumAndJava() {
        var call = call("--version").endsWith(0);

        assertThat(call.out().lines()).hasSize(3);
        assertThat(call.out()).startsWith("runner-kafka ").contains("\nDebezium ", "\nJava ");
    }

    @Test
    void printsAScriptForTheShellsCompletion() {
        assertThat(call("generate-completion").endsWith(0).out()).contains("runner-kafka", "--bootstrap-servers");
    }

    @Test
    void anUnknownFlagIsWrongUse() {
        var call = call("--topics", "a.b").endsWith(2);

        call.saying("'--topics'", "--topic", "Try 'runner-kafka --help'.");
        assertThat(call.out()).isEmpty();
    }

    @Test
    void aTopicIsNeeded() {
        call().endsWith(2).saying("Give --topic NAME", "--topic-pattern REGEX");
        call("--topic=a", "--topic-pattern=b").endsWith(2).saying("not both");
    }

    @Test
    void allWrongFlagsAreNamedTogether() throws IOException {
        var call = call(
                        "--topic=cdc.*",
                        "--topic-pattern=[",
                        "--bootstrap-servers=nowhere",
                        "--kafka=group.id=mine",
                        "--kafka=no-value",
                        "--kafka=ssl.key.password=hush-hush",
                        config("group.protocol=classic", "enable.auto.commit=true", "sasl.jaas.config=hush-hush"),
                        "--group= ",
                        "--group-protocol=other",
                        "--topic-prefix=a b",
                        "--connect-url=localhost:8083",
                        "--on-bad-record=maybe",
                        "--leave-out=x",
                        "--report-every=soon",
                        "--http-port=99999",
                        "--nonsense")
                .endsWith(2);

        call.saying(
                        "--topic is 'cdc.*'",
                        "For a pattern use --topic-pattern",
                        "--topic-pattern is no regular expression")
                .saying("not both", "--bootstrap-servers is 'nowhere'", "give HOST:PORT")
                .saying("--kafka group.id cannot be set", "use --group", "no-value", "--kafka ssl.key.password=...")
                .saying("group.protocol cannot be set", "enable.auto.commit cannot be set")
                .saying("--group is empty", "'--group-protocol'", "--topic-prefix is 'a b'")
                .saying("--connect-url is 'localhost:8083'", "http://HOST:PORT", "'--on-bad-record'")
                .saying("'x'", "soon", "99999", "'--nonsense'");
        assertThat(call.err() + call.out()).doesNotContain("hush-hush");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere", ":9092", "a:b", "a:99999", "a:1,,b:2", "http://a:9092", "[::1]", ""})
    void anAddressHasHostAndPort(String servers) {
        call("--topic=a", "--bootstrap-servers=" + servers)
                .endsWith(2)
                .saying("--bootstrap-servers is '" + servers + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:1", "a.b-c_d:9092, 10.0.0.1:9093", "[::1]:9092"})
    void takesTheseAddresses(String servers) {
        assertThat(call("--topic=a", "--bootstrap-servers=" + servers, "--print-config")
                        .endsWith(0)
                        .out())
                .contains("--bootstrap-servers=" + servers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sasl.jaas.config",
                "Sasl.Jaas.Config",
                "ssl.keystore.password",
                "ssl.keystore.key",
                "ssl.key.password",
                "ssl.truststore.password",
                "sasl.oauthbearer.client.credentials.client.secret",
                "sasl.oauthbearer.assertion.private.key.passphrase"
            })
    void secretsAreRefusedWithTheSafeWayNamed(String key) {
        for (var command : new String[] {"--no-http", "doctor"}) {
            var call = call(command, "--topic=a", "--kafka", key + "=hush-hush").endsWith(2);

            call.saying(key, "--kafka-config FILE");
            assertThat(call.err() + call.out()).doesNotContain("hush-hush");
        }
    }

    @Test
    void whatTheMapRestsOnCannotBeSet() throws IOException {
        for (var key : ClientProperties.OWNED) {
            call("--topic=a", "--kafka", key + "=x").endsWith(2).saying("--kafka " + key + " cannot be set");
            if (!key.equals(ClientProperties.BOOTSTRAP)) {
                call("--topic=a", config(key + "=x")).endsWith(2).saying(key + " cannot be set");
            }
        }
    }

    @Test
    void aFileThatCannotBeReadIsWrongUse() throws IOException {
        var none = folder.resolve("none");
        call("--topic=a", "--kafka-config=" + none).endsWith(2).saying(none + " cannot be read: it does not exist");
        call("--topic=a", "--kafka-config=" + folder).endsWith(2).saying(folder + " cannot be read");
        var binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        call("--topic=a", "--kafka-config=" + binary).endsWith(2).saying("it is not UTF-8");
        call("--topic=a", config("a=\\u12")).endsWith(2).saying("cannot be read");
        call("doctor", "--kafka-config=" + none).endsWith(2).saying("it does not exist");
    }

    @Test
    void printsTheEffectiveSettingsWithoutSecrets() throws IOException {
        var call = call(
                        "--print-config",
                        "--topic=cdc.inventory.customers",
                        "--topic=cdc.inventory.orders",
                        "--kafka=fetch.max.wait.ms=100",
                        config(
                                "security.protocol=SASL_SSL",
                                "sasl.jaas.config=org.x.Plain required password=\"hush-hush\";",
                                "ssl.truststore.password=hush-hush"),
                        "--group=mine",
                        "--group-protocol=classic",
                        "--topic-prefix=cdc",
                        "--connect-url=http://localhost:8083",
                        "--on-bad-record=stop")
                .endsWith(0);

        assertThat(call.out())
                .contains("--topic=cdc.inventory.customers   # flag", "--topic=cdc.inventory.orders   # flag")
                .contains("--bootstrap-servers=")
                .contains("--kafka=fetch.max.wait.ms=100   # flag", "--kafka-config=")
                .contains("# security.protocol=SASL_SSL   # ", "# sasl.jaas.config=********   # ")
                .contains("# ssl.truststore.password=********   # ", "client.properties")
                .contains("--group=mine   # flag", "--group-protocol=classic   # flag", "--topic-prefix=cdc   # flag")
                .contains("--connect-url=http://localhost:8083   # flag", "--on-bad-record=stop   # flag")
                .contains("# --http-port=8080   # default")
                .doesNotContain("hush-hush");

        var again = call("@" + Files.writeString(folder.resolve("config"), call.out()), "--print-config")
                .endsWith(0);
        assertThat(again.out()).isEqualTo(call.out());
    }

    @Test
    void printsDefaultsAsRemarks() {
        assertThat(call("--print-config", "--topic-pattern=cdc\\..*")
                        .endsWith(0)
                        .out())
                .contains(
                        "--topic-pattern=",
                        "# --group-protocol=consumer   # default",
                        "# --on-bad-record=skip   # default")
                .doesNotContain("--kafka", "--connect-url", "--group=");
    }

    @Test
    void printsTheEffectiveSettingsAsJsonToo() throws IOException {
        var call = call(
                        "--print-config",
                        "--output=json",
                        "--topic=a",
                        "--topic=b",
                        config("ssl.key.password=hush-hush"))
                .endsWith(0);

        var tree = new ObjectMapper().readTree(call.out());
        assertThat(tree.get("--topic").findValuesAsText("value")).containsExactly("a", "b");
        assertThat(tree.get("ssl.key.password").get("value").asText()).isEqualTo("********");
        assertThat(tree.get("--on-bad-record").get("origin").asText()).isEqualTo("default");
        assertThat(call.out()).doesNotContain("hush-hush");
    }

    @Test
    void doctorRefusesWrongFlagsToo() {
        call("doctor", "--timeout=0").endsWith(2).saying("--timeout is 0");
        call("doctor", "--timeout=soon", "--topic=a b").endsWith(2).saying("soon", "--topic is 'a b'");
        call("doctor", "--group=g").endsWith(2).saying("'--group=...'");
    }

    @Test
    void verifyNeedsTheRunnersAddress() {
        call("verify").endsWith(2).saying("--url");
        call("verify", "--url", "localhost:8080").endsWith(2).saying("--url is 'localhost:8080'");
    }
}
