package localcdc.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowTest {

    private static final RowShape SHAPE =
            new RowShape(new TableId("s", "t"), List.of("b", "a \"quoted\" näme", "c"), 2, 0);

    @Test
    void writesRowAndKeyInTheirOwnOrders() throws IOException {
        var row = row("1", null, "\"x\"");

        assertThat(json(row)).isEqualTo("{\"b\":1,\"a \\\"quoted\\\" näme\":null,\"c\":\"x\"}");
        var key = new ByteArrayOutputStream();
        row.writeKeyJson(key);
        assertThat(key.toString(StandardCharsets.UTF_8)).isEqualTo("{\"c\":\"x\",\"b\":1}");
    }

    @Test
    void carriesTextsOfAnyLength() {
        String large = "\"" + "é".repeat(700_000) + "\"";

        var row = row(large, "\"\"", "\"" + "y".repeat(127) + "\"");

        assertThat(row.json(0)).isEqualTo(large);
        assertThat(row.json(1)).isEqualTo("\"\"");
        assertThat(row.json(2)).hasSize(129);
    }

    @Test
    void completesUnknownValuesByColumnName() {
        var before = row("1", "\"kept\"", "\"x\"");
        var other = new RowShape(SHAPE.table(), List.of("a \"quoted\" näme", "new"), 0);
        var writer = new RowWriter().begin();
        writer.addUnavailable();
        writer.addUnavailable();

        var completed = writer.row(other).completedFrom(before);

        assertThat(completed.json(0)).isEqualTo("\"kept\"");
        assertThat(completed.unavailable()).containsExactly("new");
    }

    @Test
    void refusesARowWithTheWrongNumberOfValues() {
        var writer = new RowWriter().begin();
        writer.addNull();

        assertThatThrownBy(() -> writer.row(SHAPE))
                .hasMessageContaining("1 values")
                .hasMessageContaining("3 columns");
    }

    @Test
    void tableNamesSurviveThePath() {
        var odd = new TableId("a.b", "c%2E.d");

        assertThat(TableId.parse(odd.pathForm())).isEqualTo(odd);
        assertThat(TableId.parse("inventory.customers")).isEqualTo(new TableId("inventory", "customers"));
        assertThatThrownBy(() -> TableId.parse("customers")).hasMessageContaining("schema.table");
    }

    private static Row row(String... values) {
        var writer = new RowWriter().begin();
        for (String value : values) {
            if (value == null) {
                writer.addNull();
            } else {
                writer.add(value);
            }
        }
        return writer.row(SHAPE);
    }

    private static String json(Row row) throws IOException {
        var out = new ByteArrayOutputStream();
        row.writeJson(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
