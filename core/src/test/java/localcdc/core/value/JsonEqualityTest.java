package localcdc.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonEqualityTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1.0 | 1",
                "-0 | 0.00e7",
                "100 | 1E+2",
                "0.0012 | 12e-4",
                "1e1000000000000 | 10e999999999999",
                "1e99999999999999999999999 | 0.1e100000000000000000000000",
                "{\"a\":1,\"b\":[2,{\"c\":3}]} | `{ \"b\" : [2.0,{\"c\":3}], \"a\" : 1 }`",
                "{\"a\":1,\"a\":2} | {\"a\":2}",
                "{\"\\u0061\":\"\\u00e4\\ud83d\\ude00\\n\"} | `{\"a\":\"ä😀\\u000a\"}`",
                "`\"\\/\"` | `\"/\"`",
                "`\"\\ud800\"` | `\"\\uD800\"`",
                "[] | `[ ]`"
            })
    void seesTheSameValueInDifferentTexts(String left, String right) {
        assertThat(JsonEquality.exact().equal(left, right)).isTrue();
        assertThat(JsonEquality.exact().equal(right, left)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 | `\"1\"`",
                "1 | -1",
                "0.1 | 0.10000000000000000000000000000000000001",
                "9007199254740993 | 9007199254740992",
                "1e400 | 1e401",
                "1e99999999999999999999999 | 1e99999999999999999999998",
                "[1,2] | [2,1]",
                "[1] | [1,1]",
                "[[]] | []",
                "{\"a\":1} | {\"a\":1,\"b\":null}",
                "{\"a\":1,\"b\":2} | {\"a\":2,\"b\":1}",
                "{\"a\":1,\"a\":2} | {\"a\":1}",
                "`\"a\"` | `\"A\"`",
                "null | false",
                "{} | []"
            })
    void seesEveryDifference(String left, String right) {
        assertThat(JsonEquality.exact().equal(left, right)).isFalse();
        assertThat(JsonEquality.exact().equal(right, left)).isFalse();
    }

    @Test
    void comparesNamedColumnsAsIeeeNumbers() {
        // Given
        var equality = JsonEquality.ofColumns(Map.of("r", NumberRule.FLOAT, "d\"x", NumberRule.DOUBLE));

        // Then
        assertThat(equality.equal("{\"r\":[1.4E-45,-0],\"n\":1}", "{\"n\":1.0,\"r\":[1e-45,0]}"))
                .isTrue();
        assertThat(equality.equal("{\"d\\\"x\":4.9E-324}", "{\"d\\\"x\":5e-324}"))
                .isTrue();
        assertThat(equality.equal("{\"d\\\"x\":0.1,\"n\":1}", "{\"n\":1,\"d\\\"x\":0.10000000000000001}"))
                .isTrue();
        assertThat(equality.equal("{\"d\\\"x\":0.1}", "{\"d\\\"x\":0.2}")).isFalse();
        assertThat(equality.equal("{\"n\":{\"r\":1.4E-45}}", "{\"n\":{\"r\":1e-45}}"))
                .isFalse();
    }

    @Test
    void neitherDepthNorExponentCostsMemory() {
        // Given
        var depth = 200_000;
        var left = "[{\"b\":0,\"a\":".repeat(depth) + "1e2147483646" + "}]".repeat(depth);
        var right = "[{\"b\":0,\"a\":".repeat(depth) + "10e2147483645" + "}]".repeat(depth);

        // Then
        assertThat(JsonEquality.exact().equal(left, right)).isTrue();
    }

    @Test
    void ignoresTheOrderOfRandomNames() {
        // Given
        var seed = new Random().nextLong();
        var random = new Random(seed);
        var members = IntStream.range(0, 50)
                .mapToObj(i -> "\"k" + i + "\":[" + random.nextInt() + "]")
                .collect(Collectors.toList());

        // When
        var left = "{" + String.join(",", members) + "}";
        Collections.shuffle(members, random);
        var right = "{" + String.join(" , ", members) + "}";

        // Then
        assertThat(JsonEquality.exact().equal(left, right)).as("seed " + seed).isTrue();
    }

    @Test
    void refusesATextThatIsNotJson() {
        assertThatThrownBy(() -> JsonEquality.exact().equal("{\"a\":1}", "{a:1}"))
                .isInstanceOf(MalformedValueException.class);
    }
}
