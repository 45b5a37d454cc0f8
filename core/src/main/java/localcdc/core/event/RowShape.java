package localcdc.core.event;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;

/**
 * The columns that rows of one table have in common: their names in order, and which of them form the key. One object is
 * shared by all rows that were written while the table looked like this. Immutable.
 */
public final class RowShape {

    private final TableId table;
    private final List<String> columns;
    private final int[] keyColumns;
    private final String types;
    private final byte[][] jsonNames;

    /**
     * @param columns the columns' names, in the table's order
     * @param keyColumns where in {@code columns} the primary key's columns stand, in key order
     */
    public RowShape(TableId table, List<String> columns, int... keyColumns) {
        this("", table, columns, keyColumns);
    }

    /**
     * The same, where the columns' types are watched as well.
     *
     * @param types any text that is another one when the columns have other types
     */
    public RowShape(String types, TableId table, List<String> columns, int... keyColumns) {
        this.types = Objects.requireNonNull(types, "types");
        this.table = Objects.requireNonNull(table, "table");
        this.columns = List.copyOf(columns);
        if (new LinkedHashSet<>(columns).size() != columns.size()) {
            throw new IllegalArgumentException("columns of " + table + " repeat: " + columns);
        }
        for (int key : keyColumns) {
            Objects.checkIndex(key, columns.size());
        }
        this.keyColumns = keyColumns.clone();
        this.jsonNames = this.columns.stream().map(JsonText::quoted).toArray(byte[][]::new);
    }

    public TableId table() {
        return table;
    }

    public List<String> columns() {
        return columns;
    }

    public int columnCount() {
        return jsonNames.length;
    }

    /** How many columns the key has. */
    public int keySize() {
        return keyColumns.length;
    }

    /** Where in {@link #columns} the key's {@code i}th column stands. */
    public int keyColumn(int i) {
        return keyColumns[i];
    }

    /** The shape of a row that holds nothing but this one's key columns, in key order. */
    public RowShape keyOnly() {
        var names = Arrays.stream(keyColumns).mapToObj(columns::get).toList();
        var ordinals = new int[keyColumns.length];
        Arrays.setAll(ordinals, i -> i);
        return new RowShape(types, table, names, ordinals);
    }

    /** A column's name as a JSON string with its quotes, UTF-8; not to be written to. */
    public byte[] jsonName(int column) {
        return jsonNames[column];
    }

    /** Equal when table, columns, types and key are: two objects of one look are interchangeable. */
    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof RowShape that
                        && table.equals(that.table)
                        && columns.equals(that.columns)
                        && types.equals(that.types)
                        && Arrays.equals(keyColumns, that.keyColumns));
    }

    @Override
    public int hashCode() {
        return Objects.hash(table, columns);
    }

    @Override
    public String toString() {
        return table + columns.toString();
    }
}
