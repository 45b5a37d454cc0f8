package localcdc.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PgTypeTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int4",
                "other",
                "array(int4)",
                "array(box,';')",
                "vector(oid)",
                "row()",
                "row(\"a\" int4,\"b \"\"q\"\", (x)\" array(row(\"\u00e4\n\" text)))",
                "unsupported(\"to_jsonb uses \"\"f\"\"\")"
            })
    void isReadFromWhatItPrints(String text) {
        assertThat(PgType.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "integer",
                "array(int4",
                "array(int4))",
                "row(a int4)",
                "row(\"a\" int4,)",
                "array(box,'",
                "int4 "
            })
    void refusesOtherTexts(String text) {
        assertThatThrownBy(() -> PgType.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }

    @Test
    void knowsBuiltInArraysAndVectorsByCatalogName() {
        assertThat(PgType.builtIn("_box")).map(PgType::toString).contains("array(box,';')");
        assertThat(PgType.builtIn("int2vector")).map(PgType::toString).contains("vector(int2)");
        assertThat(PgType.builtIn("_oidvector")).map(PgType::toString).contains("array(vector(oid))");
        assertThat(PgType.builtIn("mood")).isEmpty();
        assertThat(PgType.builtIn("other")).isEmpty();
    }

    @Test
    void tellsWhyAnInnerTypeCannotBeComputed() {
        // Given
        var geometry = PgType.unsupported("to_jsonb converts type geometry by the function json");

        // When
        var type = PgType.array(PgType.row(List.of(new PgType.Field("shape", geometry))), ',');

        // Then
        assertThat(type.unsupportedReason()).contains("to_jsonb converts type geometry by the function json");
    }
}
