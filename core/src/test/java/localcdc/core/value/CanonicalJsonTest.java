package localcdc.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalJsonTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "int4 | -42 | -42",
                "numeric | 1.50 | 1.50",
                "numeric | NaN | `\"NaN\"`",
                "float8 | -0 | 0",
                "float4 | 1e-45 | 1e-45",
                "bool | t | true",
                "text | a\"b\\ | `\"a\\\"b\\\\\"`",
                "date | 0044-03-15 BC | `\"0044-03-15 BC\"`",
                "timestamp | 2024-03-31 00:31:00.5 | `\"2024-03-31T00:31:00.5\"`",
                "timestamptz | 0044-03-15 00:00:00+00 BC | `\"0044-03-15T00:00:00+00:00 BC\"`",
                "timestamptz | 0001-01-01 00:19:31+00:19:32 | `\"0001-12-31T23:59:59+00:00 BC\"`",
                "timestamptz | -infinity | `\"-infinity\"`",
                "timetz | 24:00:00-12 | `\"24:00:00-12\"`",
                "array(int4) | [0:1]={1,NULL} | [1,null]",
                "array(box,';') | {(1,1),(0,0);NULL} | `[\"(1,1),(0,0)\",null]`",
                "vector(oid) | 4 5 | `[\"4\",\"5\"]`",
                "row(\"a\" int4,\"b\" text) | (,\"x \"\"y\") | `{\"a\":null,\"b\":\"x \\\"y\"}`",
                "hstore | \"a\"=>NULL, \"b\"=>\"NULL\" | `{\"a\":null,\"b\":\"NULL\"}`",
                "jsonb | {\"a\": [1, 2.50]} | `{\"a\":[1,2.50]}`",
                "json | {\"a\":1, \"b\":0, \"a\":2} | `{\"a\":2,\"b\":0}`"
            })
    void writesWhatToJsonbPrints(String type, String text, String json) {
        assertThat(CanonicalJson.of(PgType.parse(type), text)).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "int4 | twelve",
                "int4 | -",
                "int4 | 1-2",
                "int4 | ``",
                "numeric | 1.",
                "numeric | 1e",
                "float8 | nan",
                "bool | true",
                "date | 01/02/2000",
                "date | 2000-01-02 03:04:05",
                "timestamp | 2000-01-02",
                "timestamptz | 2000-01-02 03:04:05",
                "timestamptz | 2000-99-02 03:04:05+01",
                "array(int4) | {1,2",
                "array(int4) | {1,,2}",
                "array(text) | {a}b",
                "array(text) | {a,}",
                "array(text) | {\"a}",
                "array(text) | 1",
                "row(\"a\" int4,\"b\" text) | (1)",
                "row(\"a\" int4) | (1,2)",
                "row(\"a\" text) | a",
                "hstore | \"a\"=\"b\"",
                "hstore | a=>b",
                "hstore | \"a\"=>\"b\",",
                "jsonb | {\"a\":1",
                "jsonb | abc",
                "jsonb | {\"a",
                "json | {} {}",
                "json | `\"a`",
                "json | nul",
                "json | 01",
                "tstzrange | [\"2000-01-01"
            })
    void refusesATextThatIsNoValueOfTheType(String type, String text) {
        assertThatThrownBy(() -> CanonicalJson.of(PgType.parse(type), text))
                .isInstanceOf(MalformedValueException.class)
                .hasMessageStartingWith("Not a value of type");
    }

    @Test
    void namesTheReasonOfATypeThatItCannotCompute() {
        assertThatThrownBy(() -> CanonicalJson.of(PgType.unsupported("to_jsonb uses function f"), "x"))
                .hasMessageContaining("to_jsonb uses function f");
    }

    @Test
    void showsOnlyAShortSampleOfALongValue() {
        assertThatThrownBy(() -> CanonicalJson.of(PgType.parse("int4"), "9".repeat(5000) + "x"))
                .hasMessageContaining("(5001 bytes)")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @Test
    void keepsDepthOffTheStack() {
        // Given
        var deep = "[".repeat(100_000) + "]".repeat(100_000);

        // When
        var json = CanonicalJson.of(PgType.parse("jsonb"), deep);

        // Then
        assertThat(json).isEqualTo(deep);
    }
}
