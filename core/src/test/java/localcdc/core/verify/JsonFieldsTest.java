package localcdc.core.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import localcdc.core.value.MalformedValueException;
import org.junit.jupiter.api.Test;

class JsonFieldsTest {

    @Test
    void everyPartKeepsItsText() {
        assertThat(JsonFields.ofObject(" {\"a\" : 1.500 , \"b\":\"x\\n\\u00e9\", \"c\":{\"d\": [1, {}]},\"e\":null}"))
                .containsExactly(
                        Map.entry("a", "1.500"),
                        Map.entry("b", "\"x\\n\\u00e9\""),
                        Map.entry("c", "{\"d\": [1, {}]}"),
                        Map.entry("e", "null"));
        assertThat(JsonFields.ofArray("[1, \"a,b\", [2], true]")).containsExactly("1", "\"a,b\"", "[2]", "true");
        assertThat(JsonFields.ofArray("[]")).isEmpty();
    }

    @Test
    void longAndDeepValuesAreTakenAsTheyAre() {
        var text = "\"" + "\uD83D\uDE00".repeat(100_000) + "\"";
        var deep = "[".repeat(5000) + "]".repeat(5000);
        var number = "9".repeat(20_000);

        assertThat(JsonFields.ofObject("{\"t\":" + text + ",\"d\":" + deep + ",\"n\":" + number + "}"))
                .containsExactly(Map.entry("t", text), Map.entry("d", deep), Map.entry("n", number));
    }

    @Test
    void stringsLoseTheirQuotesAndEscapesAndNothingElseDoes() {
        assertThat(JsonFields.plain("\"a\\\"b\"")).isEqualTo("a\"b");
        assertThat(JsonFields.plain("12.0")).isEqualTo("12.0");
    }

    @Test
    void whatIsNotJsonIsRefused() {
        assertThatThrownBy(() -> JsonFields.ofObject("[1]")).isInstanceOf(MalformedValueException.class);
        assertThatThrownBy(() -> JsonFields.ofObject("{\"a\":}")).isInstanceOf(MalformedValueException.class);
        assertThatThrownBy(() -> JsonFields.ofArray("<html>")).isInstanceOf(MalformedValueException.class);
    }
}
