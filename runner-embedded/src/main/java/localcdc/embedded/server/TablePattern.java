package localcdc.embedded.server;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import localcdc.core.event.TableId;

/**
 * A table, or many: {@code inventory.customers}, {@code inventory.*}, {@code *.*}. Names are Postgres' own, exact to the
 * case and without quotes; the first dot splits. {@code *} stands for any characters inside one of the two parts;
 * {@code %2E} is a dot inside the schema's name, {@code %2A} a star that is meant as one, {@code %25} a percent sign.
 */
public final class TablePattern {
    private final String text;
    private final Pattern schema;
    private final Pattern name;
    private final TableId exact;

    private TablePattern(String text, Pattern schema, Pattern name, TableId exact) {
        this.text = text;
        this.schema = schema;
        this.name = name;
        this.exact = exact;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException when there is no dot, or nothing on one side of it; the message says so
     */
    public static TablePattern parse(String text) {
        int dot = text.indexOf('.');
        if (dot <= 0 || dot == text.length() - 1) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not of the form schema.table (for example inventory.customers or inventory.*)");
        }
        String schema = text.substring(0, dot);
        String name = text.substring(dot + 1);
        boolean wild = text.indexOf('*') >= 0;
        TableId exact = wild ? null : new TableId(Names.unescape(schema), Names.unescape(name));
        return new TablePattern(text, glob(schema), glob(name), exact);
    }

    private static Pattern glob(String part) {
        StringBuilder regex = new StringBuilder();
        int from = 0;
        for (int star = part.indexOf('*'); star >= 0; star = part.indexOf('*', from)) {
            regex.append(Pattern.quote(Names.unescape(part.substring(from, star))))
                    .append(".*");
            from = star + 1;
        }
        regex.append(Pattern.quote(Names.unescape(part.substring(from))));
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    public boolean matches(TableId table) {
        return schema.matcher(table.schema()).matches()
                && name.matcher(table.name()).matches();
    }

    /** The one table that this names; empty for a pattern with a star. */
    public Optional<TableId> exact() {
        return Optional.ofNullable(exact);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TablePattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(text);
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
