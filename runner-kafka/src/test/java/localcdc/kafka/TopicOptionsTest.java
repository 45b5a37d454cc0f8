package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import localcdc.common.cli.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TopicOptionsTest {

    private static final Map<String, String> VARIABLE = Map.of("KAFKA_BOOTSTRAP_SERVERS", "variable:1");

    @TempDir
    private Path folder;

    private static TopicOptions options(Map<String, String> environment, String... flags) {
        return CommandLine.populateCommand(new TopicOptions(environment), flags);
    }

    private static Setting bootstrap(TopicOptions options) {
        return options.effective().stream()
                .filter(setting -> setting.flag().equals("--bootstrap-servers"))
                .findFirst()
                .orElseThrow();
    }

    private String config(String... lines) throws IOException {
        return "--kafka-config="
                + Files.writeString(folder.resolve("client.properties"), String.join("\n", lines) + "\n");
    }

    @Test
    void takesTheBrokerFromTheFlagThenTheVariableThenTheFile() throws IOException {
        var file = config("bootstrap.servers = file:2, other:3");

        assertThat(bootstrap(options(VARIABLE, file, "--bootstrap-servers=flag:1")))
                .isEqualTo(new Setting("--bootstrap-servers", "flag:1", "flag"));
        assertThat(bootstrap(options(VARIABLE, file)))
                .isEqualTo(new Setting("--bootstrap-servers", "variable:1", "KAFKA_BOOTSTRAP_SERVERS"));
        assertThat(bootstrap(options(Map.of("KAFKA_BOOTSTRAP_SERVERS", " "), file))
                        .origin())
                .endsWith("client.properties");
        assertThat(bootstrap(options(Map.of())))
                .isEqualTo(new Setting("--bootstrap-servers", "localhost:9092", "default"));
        var settings = options(Map.of(), file).settings();
        assertThat(settings.bootstrapServers()).isEqualTo("file:2,other:3");
        assertThat(settings.kafka()).isEmpty();
    }

    @Test
    void aVariableMayBeWrongAsWellAsAFlag() {
        assertThat(options(Map.of("KAFKA_BOOTSTRAP_SERVERS", "somewhere")).problems())
                .singleElement()
                .asString()
                .contains("--bootstrap-servers is 'somewhere'");
    }

    @Test
    void aFlagWinsOverTheFile() throws IOException {
        var options = options(Map.of(), config("client.id=file", "fetch.min.bytes=5"), "--kafka=client.id=flag");

        assertThat(options.settings().kafka()).isEqualTo(Map.of("client.id", "flag", "fetch.min.bytes", "5"));
        assertThat(options.effective())
                .extracting(Setting::flag, Setting::value)
                .contains(
                        org.assertj.core.groups.Tuple.tuple("--kafka", "client.id=flag"),
                        org.assertj.core.groups.Tuple.tuple("fetch.min.bytes", "5"))
                .doesNotContain(org.assertj.core.groups.Tuple.tuple("client.id", "file"));
    }

    @Test
    void meansEveryTopicWhereNoneIsNamed() {
        assertThat(options(Map.of()).settings().asksFor("cdc.inventory.customers"))
                .isTrue();
        assertThat(options(Map.of(), "--topic=a").settings().asksFor("b")).isFalse();
    }

    @Test
    void settingsDoNotShowTheirSecrets() throws IOException {
        var settings = options(Map.of(), config("ssl.key.password=hush-hush")).settings();

        assertThat(settings.kafka()).containsEntry("ssl.key.password", "hush-hush");
        assertThat(settings.toString()).doesNotContain("hush-hush");
    }

    @Test
    void takesSecretsOutOfWhateverQuotesThem() {
        var properties = Map.of(
                "sasl.jaas.config",
                "org.x.PlainLoginModule required username=\"alice\" password=\"hush hush\" useTicket=false;",
                "ssl.truststore.password",
                "changeit",
                "ssl.truststore.location",
                "/etc/trust");

        assertThat(ClientProperties.withoutSecrets("alice with hush hush and changeit at /etc/trust", properties))
                .isEqualTo("alice with ******** and ******** at /etc/trust");
    }
}
