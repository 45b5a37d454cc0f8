package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyTextTest {

    @Test
    void splitsColumnsAndUndoesEscapes() {
        assertThat(read(4, "1\ta\\tb\\nc\\\\d\t\\N\tü😀\n")).containsExactly("1", "a\tb\nc\\d", null, "ü😀");
    }

    @Test
    void tellsAnEmptyTextFromNull() {
        assertThat(read(3, "\t\\N\t\n")).containsExactly("", null, "");
        assertThat(read(1, "\n")).containsExactly("");
        assertThat(read(1, "\\N\n")).containsExactly((String) null);
        assertThat(read(2, "\t\n")).containsExactly("", "");
    }

    @Test
    void keepsABackslashFollowedByN() {
        assertThat(read(1, "\\\\N\n")).containsExactly("\\N");
    }

    @Test
    void growsWithTheLine() {
        var reader = new CopyText(1);
        String large = "x".repeat(3_000_000);

        reader.read((large + "\n").getBytes(StandardCharsets.UTF_8));

        assertThat(reader.length(0)).isEqualTo(3_000_000);
    }

    @Test
    void refusesAnotherNumberOfColumns() {
        assertThatThrownBy(() -> read(2, "1\n")).hasMessageContaining("1 columns in place of 2");
        assertThatThrownBy(() -> read(1, "1\t2\n")).hasMessageContaining("more than 1");
    }

    private static List<String> read(int columns, String line) {
        var reader = new CopyText(columns);
        reader.read(line.getBytes(StandardCharsets.UTF_8));
        var values = new ArrayList<String>();
        for (int i = 0; i < columns; i++) {
            values.add(
                    reader.isNull(i)
                            ? null
                            : new String(reader.text(), reader.start(i), reader.length(i), StandardCharsets.UTF_8));
        }
        return values;
    }
}
