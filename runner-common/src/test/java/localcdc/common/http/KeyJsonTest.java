package localcdc.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyJsonTest {

    @Test
    void leavesEachValueAsItStandsThere() {
        assertThat(KeyJson.fragments(
                        "[1, 1.50 ,\"a\\\"],b\", -0.10e5,true,null, [1,[2]] ,{\"a\": [\"}\"]}, \"\", \"日\"]"))
                .containsExactly(
                        "1",
                        "1.50",
                        "\"a\\\"],b\"",
                        "-0.10e5",
                        "true",
                        "null",
                        "[1,[2]]",
                        "{\"a\": [\"}\"]}",
                        "\"\"",
                        "\"日\"");
        assertThat(KeyJson.fragments("[123456789012345678901234567890.10]"))
                .containsExactly("123456789012345678901234567890.10");
    }

    @Test
    void readsALongText() {
        var text = '"' + "é\\n".repeat(50_000) + '"';

        assertThat(KeyJson.fragments("[" + text + ",2]")).containsExactly(text, "2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "[]", "[1", "[1,]", "[1]x", "[1][2]", "{\"a\":1}", "[a]"})
    void refusesWhatIsNoArrayOfValues(String text) {
        assertThatThrownBy(() -> KeyJson.fragments(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesACursorOfSomebodyElse() {
        var base64 = Base64.getUrlEncoder().encodeToString("{}".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> KeyJson.fragmentsOfCursor(base64)).hasMessageContaining("'" + base64 + "'");
    }
}
