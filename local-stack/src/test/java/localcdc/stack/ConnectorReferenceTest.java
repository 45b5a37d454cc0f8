package localcdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page that says why the connector is configured so names every property, with its value, and no other. */
class ConnectorReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "connector.md");

    @Test
    void explainsEveryProperty() throws IOException {
        Map<String, String> explained = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> Arrays.stream(line.split(" \\| ", 3)).toList())
                .peek(cells -> assertThat(cells.get(2).replace(" |", "")).isNotBlank())
                .collect(Collectors.toMap(cells -> text(cells.get(0)), cells -> text(cells.get(1))));

        assertThat(explained).isEqualTo(ConnectorConfig.read().settings());
    }

    private static String text(String cell) {
        return cell.substring(cell.indexOf('`') + 1, cell.lastIndexOf('`')).replace("\\|", "|");
    }
}
