package localcdc.core.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Packs one row after another, column by column; its buffer is kept between rows. For one thread. */
public final class RowWriter {

    private byte[] buffer = new byte[512];
    private int size;
    private int columns;
    private boolean incomplete;

    /** Begins a new row. */
    public RowWriter begin() {
        size = 0;
        columns = 0;
        incomplete = false;
        return this;
    }

    /** Adds a column that is SQL NULL. */
    public void addNull() {
        header(Row.NULL);
    }

    /** Adds a column whose unchanged value the log did not carry. */
    public void addUnavailable() {
        header(Row.UNAVAILABLE);
    }

    /** Adds a column by its canonical JSON text. */
    public void add(byte[] json, int from, int length) {
        header(length + Row.LENGTH_OFFSET);
        ensure(length);
        System.arraycopy(json, from, buffer, size, length);
        size += length;
    }

    /** Adds a column by its canonical JSON text. */
    public void add(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        add(bytes, 0, bytes.length);
    }

    /** Adds the column that {@code cursor} stands on. */
    public void add(Row.Cursor cursor) {
        if (cursor.hasText()) {
            add(cursor.bytes(), cursor.start(), cursor.length());
        } else {
            header(cursor.isNull() ? Row.NULL : Row.UNAVAILABLE);
        }
    }

    /**
     * The row that was added, column by column, since {@link #begin}.
     *
     * @throws IllegalStateException when the shape has another number of columns
     */
    public Row row(RowShape shape) {
        if (columns != shape.columnCount()) {
            throw new IllegalStateException(
                    columns + " values were added for the " + shape.columnCount() + " columns of " + shape.table());
        }
        return new Row(shape, Arrays.copyOf(buffer, size), incomplete);
    }

    private void header(int code) {
        columns++;
        incomplete |= code == Row.UNAVAILABLE;
        ensure(5);
        int rest = code;
        while (rest > 0x7F) {
            buffer[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
    }

    private void ensure(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, Math.addExact(size, more)));
        }
    }
}
