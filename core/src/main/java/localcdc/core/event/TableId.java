package localcdc.core.event;

import java.util.Objects;

/** A table's schema and name, exactly as Postgres stores them: unquoted, any case, any character. */
public record TableId(String schema, String name) implements Comparable<TableId> {

    public TableId {
        Objects.requireNonNull(schema, "schema");
        Objects.requireNonNull(name, "name");
    }

    /**
     * Reads {@code schema.table}; the first dot splits, and {@code %2E} stands for a dot inside a name.
     *
     * @throws IllegalArgumentException when there is no dot or a part is empty
     */
    public static TableId parse(String text) {
        int dot = text.indexOf('.');
        if (dot <= 0 || dot == text.length() - 1) {
            throw new IllegalArgumentException("'" + text + "' is not of the form schema.table");
        }
        return new TableId(unescape(text.substring(0, dot)), unescape(text.substring(dot + 1)));
    }

    private static String unescape(String part) {
        return part.replace("%2E", ".").replace("%2e", ".").replace("%25", "%");
    }

    /** The name as it stands in a URL path before URL-encoding: a dot inside the schema's name is {@code %2E}. */
    public String pathForm() {
        return escape(schema) + "." + escape(name);
    }

    private static String escape(String part) {
        return part.replace("%", "%25").replace(".", "%2E");
    }

    /** Both parts in double quotes, for use in SQL. */
    public String quoted() {
        return quote(schema) + "." + quote(name);
    }

    /** An identifier in double quotes, for use in SQL. */
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public int compareTo(TableId other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    /** {@code schema.table}, as the HTTP interface and the logs name it. */
    @Override
    public String toString() {
        return schema + "." + name;
    }
}
