package localcdc.embedded.pgoutput;

import java.util.Arrays;

/** One row as a message holds it: where its values stand in the message's bytes. Overwritten by the next message. */
public final class Tuple {

    static final int NULL = -1;
    static final int UNCHANGED = -2;

    private byte[] bytes = new byte[0];
    private int[] starts = new int[16];
    private int[] lengths = new int[16];
    private int size;

    void begin(byte[] message, int columns) {
        bytes = message;
        size = 0;
        if (starts.length < columns) {
            starts = new int[columns];
            lengths = new int[columns];
        }
    }

    void add(int start, int length) {
        starts[size] = start;
        lengths[size] = length;
        size++;
    }

    /** Takes a column's value from another row of the same message. */
    public void copyFrom(Tuple other, int column) {
        starts[column] = other.starts[column];
        lengths[column] = other.lengths[column];
    }

    /** How many columns it has: as many as its relation. */
    public int size() {
        return size;
    }

    /** Whether the column is SQL NULL; in a row of which only the key is sent, every other column is. */
    public boolean isNull(int column) {
        return lengths[column] == NULL;
    }

    /** Whether the value is large, was not changed, and is therefore not sent. */
    public boolean isUnchanged(int column) {
        return lengths[column] == UNCHANGED;
    }

    /** The message that holds the values; not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where in {@link #bytes} the column's text begins: what the type's output function printed, UTF-8. */
    public int start(int column) {
        return starts[column];
    }

    /** The text's length in bytes; below zero where there is none. */
    public int length(int column) {
        return lengths[column];
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(lengths, size));
    }
}
