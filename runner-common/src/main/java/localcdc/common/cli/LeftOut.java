package localcdc.common.cli;

import java.util.Optional;
import localcdc.core.event.TableId;

/** A table that is skipped, or one column that is absent from the table's rows. */
public record LeftOut(TableId table, Optional<String> column) {

    /**
     * Reads {@code schema.table} or {@code schema.table.column}; {@code %2E} stands for a dot inside a name.
     *
     * @throws IllegalArgumentException when the text is neither: a sentence
     */
    public static LeftOut parse(String text) {
        var parts = text.split("\\.", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw wrong(text);
        }
        for (var part : parts) {
            if (part.isEmpty()) {
                throw wrong(text);
            }
        }
        return new LeftOut(
                TableId.parse(parts[0] + "." + parts[1]),
                parts.length == 3 ? Optional.of(unescape(parts[2])) : Optional.empty());
    }

    private static String unescape(String part) {
        return part.replace("%2E", ".").replace("%2e", ".").replace("%25", "%");
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is neither schema.table nor schema.table.column (write a dot inside a name as %2E)");
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        return column.map(name ->
                        table.pathForm() + "." + name.replace("%", "%25").replace(".", "%2E"))
                .orElseGet(table::pathForm);
    }
}
