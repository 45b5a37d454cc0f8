package localcdc.common.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** A page of {@code docs/reference}, for the tests that keep it true. */
public record ReferencePage(Path file) {

    private static final Pattern FIRST_CELL = Pattern.compile("^\\| `([^`]+)`(?:, `[^`]+`)* \\|", Pattern.MULTILINE);

    public static ReferencePage of(String name) {
        return new ReferencePage(Path.of(System.getProperty("basedir", "."), "..", "docs", "reference", name)
                .normalize());
    }

    public String text() throws IOException {
        return Files.readString(file);
    }

    public void write(String text) throws IOException {
        Files.writeString(file, text);
    }

    /** Everything before the first section. */
    public String beginning() throws IOException {
        var text = text();
        int section = text.indexOf("\n## ");
        return section < 0 ? text : text.substring(0, section);
    }

    /** Puts another body below this heading. */
    public void writeSection(String heading, String body) throws IOException {
        var before = section(heading);
        var text = text();
        int begin = text.indexOf("\n" + heading + "\n") + heading.length() + 2;
        write(text.substring(0, begin) + body + text.substring(begin + before.length()));
    }

    /** From this heading to the next of its level or above. */
    public String section(String heading) throws IOException {
        var text = text();
        int begin = text.indexOf("\n" + heading + "\n");
        if (begin < 0) {
            throw new IllegalArgumentException(file + " has no heading '" + heading + "'");
        }
        int body = begin + heading.length() + 2;
        var level = heading.substring(0, heading.indexOf(' '));
        var next = Pattern.compile("^#{1," + level.length() + "} ", Pattern.MULTILINE)
                .matcher(text)
                .region(body, text.length())
                .useAnchoringBounds(true);
        return next.find() ? text.substring(body, next.start()) : text.substring(body);
    }

    /** What stands as code in the first cell of each row of the section's tables. */
    public List<String> firstCells(String heading) throws IOException {
        return FIRST_CELL
                .matcher(section(heading))
                .results()
                .map(row -> row.group(1))
                .toList();
    }

    /** The first fenced block of JSON in a section. */
    public String json(String heading) throws IOException {
        var section = section(heading);
        int begin = section.indexOf("```json\n") + "```json\n".length();
        return section.substring(begin, section.indexOf("```", begin));
    }
}
