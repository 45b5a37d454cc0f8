package localcdc.common.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import localcdc.common.cli.LogLevel;
import localcdc.common.cli.ReferencePage;
import localcdc.common.cli.TextFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class LayoutTest {

    private final LoggerContext context = new LoggerContext();

    @AfterEach
    void putBack() {
        Logging.configure(TextFormat.TEXT, LogLevel.INFO);
    }

    private LoggingEvent event(String logger, Throwable thrown) {
        var event = new LoggingEvent(
                "x", context.getLogger(logger), Level.WARN, "the {} is gone", thrown, new Object[] {"slot"});
        event.setInstant(Instant.parse("2025-01-02T03:04:05.678Z"));
        event.setKeyValuePairs(List.of(new KeyValuePair("slot", "s\"1"), new KeyValuePair("bytes", 7L)));
        return event;
    }

    @Test
    void givesProgramsStableFields() throws Exception {
        var layout = new JsonLayout();

        var line = layout.doLayout(event("localcdc.core.X", new IllegalStateException("why")));

        assertThat(line).endsWith("\n").hasLineCount(1);
        var tree = new ObjectMapper().readTree(line);
        assertThat(tree.get("ts").asText()).isEqualTo("2025-01-02T03:04:05.678Z");
        assertThat(tree.get("level").asText()).isEqualTo("WARN");
        assertThat(tree.get("logger").asText()).isEqualTo("localcdc.core.X");
        assertThat(tree.get("thread").asText()).isNotEmpty();
        assertThat(tree.get("message").asText()).isEqualTo("the slot is gone");
        assertThat(tree.get("data")).hasToString("{\"slot\":\"s\\\"1\",\"bytes\":7}");
        assertThat(tree.get("error").get("type").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(tree.get("error").get("message").asText()).isEqualTo("why");
        assertThat(tree.get("error").get("stack").asText()).contains("LayoutTest");
    }

    private static List<String> names(JsonNode object) {
        return object.propertyStream().map(Map.Entry::getKey).toList();
    }

    @Test
    void hasTheFieldsThatThePageOfTheLogsPromises() throws Exception {
        var page = ReferencePage.of("logs.md");
        var promised = page.firstCells("## Fields");

        var line = new JsonLayout().doLayout(event("localcdc.core.X", new IllegalStateException("why")));

        var tree = new ObjectMapper().readTree(line);
        assertThat(names(tree)).isEqualTo(promised);
        assertThat(names(tree.get("error"))).containsExactly("type", "message", "stack");
        var examples =
                page.text().lines().filter(example -> example.startsWith("{")).toList();
        assertThat(examples).hasSize(3);
        for (var example : examples) {
            assertThat(names(new ObjectMapper().readTree(example))).isSubsetOf(promised);
        }
    }

    @Test
    void writesValuesAsWhatTheyAre() throws Exception {
        var event = event("localcdc.core.X", null);
        event.setKeyValuePairs(List.of(
                new KeyValuePair("share", 0.125),
                new KeyValuePair("small", 0.5f),
                new KeyValuePair("huge", 1e300),
                new KeyValuePair("nan", Double.NaN),
                new KeyValuePair("infinite", Float.NEGATIVE_INFINITY),
                new KeyValuePair("truth", true),
                new KeyValuePair("nothing", null),
                new KeyValuePair("list", List.of(1, 2))));

        var line = new JsonLayout().doLayout(event);

        assertThat(new ObjectMapper().readTree(line).get("data"))
                .hasToString("{\"share\":0.125,\"small\":0.5,\"huge\":1.0E300,\"nan\":\"NaN\","
                        + "\"infinite\":\"-Infinity\",\"truth\":true,\"nothing\":null,\"list\":\"[1, 2]\"}");
    }

    @Test
    void staysOneLineOfJsonWhateverItCarries() throws Exception {
        var odd = "a\nb\r\u0000\u001b[31m\u2028\u0085\"\\\t\ud83d\ude00";
        var event = new LoggingEvent(
                "x", context.getLogger("localcdc.x"), Level.INFO, odd, new IllegalStateException(), null);
        event.setThreadName(odd);
        event.setKeyValuePairs(List.of(new KeyValuePair(odd, odd), new KeyValuePair(null, "\ud83d")));

        var written = new JsonLayout().doLayout(event).getBytes(StandardCharsets.UTF_8);

        var line = new String(written, StandardCharsets.UTF_8);
        assertThat(line.chars().filter(c -> c < ' ').boxed()).containsExactly((int) '\n');
        var tree = new ObjectMapper().readTree(line);
        assertThat(tree.get("message").asText()).isEqualTo(odd);
        assertThat(tree.get("thread").asText()).isEqualTo(odd);
        assertThat(tree.get("data").get(odd).asText()).isEqualTo(odd);
        assertThat(tree.get("data").get("null").asText())
                .as("half a character has no UTF-8")
                .isEqualTo("?");
        assertThat(tree.get("error").get("message").isNull()).isTrue();
    }

    @Test
    void givesPeopleOneLineForWhatALibraryThrows() {
        var layout = new TextLayout();
        var thrown = new IllegalStateException("outer", new IllegalArgumentException("inner"));

        assertThat(layout.doLayout(event("io.debezium.connector.X", thrown)))
                .hasLineCount(1)
                .contains(
                        "WARN  X  the slot is gone slot=s\"1 bytes=7: java.lang.IllegalStateException: outer, caused by"
                                + " java.lang.IllegalArgumentException: inner");
        assertThat(layout.doLayout(event("localcdc.core.X", thrown))).contains("\tat ");
    }

    @Test
    void logsToStderrAtTheLevelsThatWereAskedFor() {
        var before = System.err;
        var captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            Logging.configure(TextFormat.JSON, LogLevel.DEBUG);
            LoggerFactory.getLogger("localcdc.x").debug("ours é");
            LoggerFactory.getLogger("io.debezium.x").info("theirs, not to be seen");
            LoggerFactory.getLogger("org.apache.kafka.x").warn("theirs, to be seen");
            LoggerFactory.getLogger("io.debezium.metrics.stats.MeasurementCollector")
                    .warn("not to be seen either");
        } finally {
            System.setErr(before);
        }
        assertThat(captured.toString(StandardCharsets.UTF_8))
                .hasLineCount(2)
                .contains("ours é")
                .contains("theirs, to be seen");
    }
}
