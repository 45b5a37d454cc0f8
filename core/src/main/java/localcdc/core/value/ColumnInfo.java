package localcdc.core.value;

import java.util.Objects;

/**
 * One column as the catalog describes it.
 *
 * @param position its number in the table; dropped columns leave gaps
 * @param typeOid the type it was declared with
 * @param baseTypeOid that type's own base, if it is a domain; this is what Debezium calls the native type
 * @param type what its JSON form needs
 * @param declaredType as psql shows it, with modifiers: {@code numeric(12,2)}
 * @param keyOrdinal its place in the primary key, from 1, or 0
 * @param nondeterministic whether its collation calls texts equal that differ in bytes
 */
public record ColumnInfo(
        int position,
        String name,
        long typeOid,
        long baseTypeOid,
        PgType type,
        String declaredType,
        boolean notNull,
        Generation generation,
        int keyOrdinal,
        boolean nondeterministic) {

    /** Whether the server computes the column. */
    public enum Generation {
        NONE,
        STORED,
        VIRTUAL
    }

    public ColumnInfo {
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
        Objects.requireNonNull(declaredType);
        Objects.requireNonNull(generation);
    }

    public boolean generated() {
        return generation != Generation.NONE;
    }

    public boolean inKey() {
        return keyOrdinal > 0;
    }
}
