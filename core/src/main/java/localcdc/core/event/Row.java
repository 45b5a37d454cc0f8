package localcdc.core.event;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One row's values against a shared {@link RowShape}, packed into one byte array. Immutable: nobody may write to the
 * array after it was handed over.
 *
 * <p>Each value is its canonical JSON text (see {@code docs/reference/types.md}), preceded by a variable-length number
 * (7 bits a byte, least significant first): 0 an unchanged value that the log did not carry and that is not known, 1
 * SQL NULL, n + 2 a text of n bytes.
 */
public final class Row {

    static final int UNAVAILABLE = 0;
    static final int NULL = 1;
    static final int LENGTH_OFFSET = 2;

    private static final byte[] NULL_TEXT = "null".getBytes(StandardCharsets.UTF_8);

    private final RowShape shape;
    private final byte[] packed;
    private final boolean incomplete;

    Row(RowShape shape, byte[] packed, boolean incomplete) {
        this.shape = Objects.requireNonNull(shape, "shape");
        this.packed = Objects.requireNonNull(packed, "packed");
        this.incomplete = incomplete;
    }

    /** A row from the packed bytes of another one of the same shape. */
    public static Row ofPacked(RowShape shape, byte[] packed) {
        var cursor = new Cursor(packed);
        boolean incomplete = false;
        while (cursor.next()) {
            incomplete |= cursor.isUnavailable();
        }
        return new Row(shape, packed, incomplete);
    }

    public RowShape shape() {
        return shape;
    }

    /** The packed values; not to be written to. */
    public byte[] packed() {
        return packed;
    }

    /** A reader that stands before the first column. Not for several threads at once. */
    public Cursor cursor() {
        return new Cursor(packed);
    }

    /** Whether any value is not known: the log did not carry it, since it is large and was not changed. */
    public boolean hasUnavailable() {
        return incomplete;
    }

    /**
     * This row with each unknown value taken from {@code before}, by column name.
     *
     * @param before the row as it was before the change, or null where that is not known
     */
    public Row completedFrom(Row before) {
        if (!incomplete || before == null) {
            return this;
        }
        var writer = new RowWriter().begin();
        var cursor = cursor();
        for (int i = 0; cursor.next(); i++) {
            if (!cursor.isUnavailable()) {
                writer.add(cursor);
                continue;
            }
            int earlier = before.shape.columns().indexOf(shape.columns().get(i));
            if (earlier < 0) {
                writer.addUnavailable();
            } else {
                writer.add(before.at(earlier));
            }
        }
        return writer.row(shape);
    }

    /** A reader that stands on one column. */
    public Cursor at(int column) {
        var cursor = cursor();
        for (int i = 0; i <= column; i++) {
            if (!cursor.next()) {
                throw new IndexOutOfBoundsException(column);
            }
        }
        return cursor;
    }

    /** The names of the columns whose value is not known, in the table's order; usually none. */
    public List<String> unavailable() {
        var names = new ArrayList<String>();
        var cursor = cursor();
        for (int i = 0; cursor.next(); i++) {
            if (cursor.isUnavailable()) {
                names.add(shape.columns().get(i));
            }
        }
        return names;
    }

    /** The canonical JSON text of one column, or null where it is SQL NULL or not known. */
    public String json(int column) {
        var cursor = at(column);
        return cursor.hasText() ? cursor.text() : null;
    }

    /** Writes the row as one JSON object, unknown columns left out. */
    public void writeJson(OutputStream out) throws IOException {
        out.write('{');
        boolean first = true;
        var cursor = cursor();
        for (int i = 0; cursor.next(); i++) {
            if (cursor.isUnavailable()) {
                continue;
            }
            if (!first) {
                out.write(',');
            }
            first = false;
            out.write(shape.jsonName(i));
            out.write(':');
            cursor.writeJson(out);
        }
        out.write('}');
    }

    /** Writes the key's columns as one JSON object, in key order. */
    public void writeKeyJson(OutputStream out) throws IOException {
        out.write('{');
        for (int i = 0; i < shape.keySize(); i++) {
            if (i > 0) {
                out.write(',');
            }
            int column = shape.keyColumn(i);
            out.write(shape.jsonName(column));
            out.write(':');
            at(column).writeJson(out);
        }
        out.write('}');
    }

    /** Walks over a row's values in column order. */
    public static final class Cursor {

        private final byte[] packed;
        private int at;
        private int code;
        private int start;
        private int length;

        Cursor(byte[] packed) {
            this.packed = packed;
        }

        /** Steps to the next column; false after the last. */
        public boolean next() {
            if (at >= packed.length) {
                return false;
            }
            int value = 0;
            int shift = 0;
            byte b;
            do {
                b = packed[at++];
                value |= (b & 0x7F) << shift;
                shift += 7;
            } while (b < 0);
            code = value;
            start = at;
            length = Math.max(0, value - LENGTH_OFFSET);
            at += length;
            return true;
        }

        public boolean isUnavailable() {
            return code == UNAVAILABLE;
        }

        public boolean isNull() {
            return code == NULL;
        }

        /** Whether there is a text: neither SQL NULL nor unknown. */
        public boolean hasText() {
            return code >= LENGTH_OFFSET;
        }

        /** The array that holds the text; not to be written to. */
        public byte[] bytes() {
            return packed;
        }

        /** Where in {@link #bytes} the text begins. */
        public int start() {
            return start;
        }

        /** The text's length in bytes. */
        public int length() {
            return length;
        }

        /** The text. */
        public String text() {
            return new String(packed, start, length, StandardCharsets.UTF_8);
        }

        void writeJson(OutputStream out) throws IOException {
            if (hasText()) {
                out.write(packed, start, length);
            } else {
                out.write(NULL_TEXT);
            }
        }
    }
}
