package localcdc.core.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyCanonicalizerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "numeric | 1.0 | 1.00",
                "numeric | 100 | 1e2",
                "float8 | 1.0E10 | 1e+10",
                "float8 | -0.0 | 0",
                "float4 | 1.4E-45 | 1e-45",
                "bpchar | `\"ab  \"` | `\"ab\"`",
                "citext | `\"ÄB\"` | `\"äb\"`",
                "interval | `\"1 day\"` | `\"24:00:00\"`",
                "interval | `\"1 mon -1 days\"` | `\"29 days\"`",
                "numrange | `\"[1.0,2.50)\"` | `\"[1,2.5)\"`",
                "jsonb | {\"a\":1.0,\"b\":2} | `{\"b\": 2, \"a\": 1}`",
                "array(numeric) | [[1.0,null],[\"NaN\",2]] | [[1,null],[\"NaN\",2.00]]",
                "row(\"a\" bpchar,\"b\" array(row(\"c\" citext)),\"d\" jsonb) | {\"a\":\"x \",\"b\":[{\"c\":\"Q\"}],\"d\":{\"k\":1,\"j\":[2]}} | {\"a\":\"x\",\"b\":[{\"c\":\"q\"}],\"d\":{\"j\":[2.0],\"k\":1}}"
            })
    void mapsValuesThatPostgresCallsEqualToTheSameBytes(String type, String left, String right) {
        assertThat(key(type, left)).isEqualTo(key(type, right));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "numeric | 1.0 | 1.01",
                "text | `\"ab \"` | `\"ab\"`",
                "text | `\"A\"` | `\"a\"`",
                "citext_ascii | `\"Ä\"` | `\"ä\"`",
                "bpchar | `\" ab\"` | `\"ab\"`",
                "interval | `\"1 mon\"` | `\"31 days\"`",
                "numrange | `\"[-Infinity,1)\"` | `\"[Infinity,1)\"`",
                "varbit | `\"0\"` | `\"00\"`",
                "array(numeric) | [1,[2]] | [1,2]"
            })
    void keepsOtherValuesApart(String type, String left, String right) {
        assertThat(key(type, left)).isNotEqualTo(key(type, right));
    }

    @Test
    void leavesMostTypesAsTheyAre() {
        assertThat(KeyCanonicalizer.of(PgType.parse("int8")).isIdentity()).isTrue();
        assertThat(KeyCanonicalizer.of(PgType.parse("uuid")).isIdentity()).isTrue();
        assertThat(KeyCanonicalizer.of(PgType.parse("array(text)")).isIdentity())
                .isTrue();
        assertThat(KeyCanonicalizer.of(PgType.parse("numeric")).isIdentity()).isFalse();
    }

    private static String key(String type, String fragment) {
        var bytes = fragment.getBytes(StandardCharsets.UTF_8);
        var out = new ByteSink();
        KeyCanonicalizer.of(PgType.parse(type)).append(bytes, 0, bytes.length, out);
        return out.toString();
    }
}
