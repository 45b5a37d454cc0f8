package localcdc.embedded.server;

import java.util.Objects;

/**
 * A column whose values go into the map.
 *
 * @param attnum its number in {@code pg_attribute}
 * @param formattedType its type as {@code format_type} prints it, for people
 * @param generated whether Postgres computes it ({@code GENERATED ALWAYS AS (...) STORED})
 */
public record CapturedColumn(
        String name, int attnum, String formattedType, long typeOid, boolean generated, boolean notNull) {

    public CapturedColumn {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(formattedType, "formattedType");
    }
}
