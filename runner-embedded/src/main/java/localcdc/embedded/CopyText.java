package localcdc.embedded;

import java.util.Arrays;

/**
 * Splits the lines of {@code COPY ... TO STDOUT} in its text format into columns, undoing the escapes. For one thread;
 * its arrays are used again for each line.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY, Text Format</a>
 */
final class CopyText {

    private final int[] starts;
    private final int[] lengths;
    private byte[] text = new byte[1024];

    CopyText(int columns) {
        starts = new int[columns];
        lengths = new int[columns];
    }

    /**
     * Reads one line, without or with its line end.
     *
     * @throws IllegalStateException when it has another number of columns
     */
    void read(byte[] line) {
        if (text.length < line.length) {
            text = Arrays.copyOf(text, Math.max(line.length, text.length * 2));
        }
        int end = line.length > 0 && line[line.length - 1] == '\n' ? line.length - 1 : line.length;
        int column = 0;
        int at = 0;
        int out = 0;
        while (true) {
            if (column == starts.length) {
                throw new IllegalStateException("COPY sent more than " + starts.length + " columns");
            }
            int start = out;
            boolean isNull = false;
            while (at < end && line[at] != '\t') {
                byte b = line[at++];
                if (b == '\\') {
                    byte escaped = line[at++];
                    if (escaped == 'N') {
                        isNull = true;
                        continue;
                    }
                    b = unescape(escaped);
                }
                text[out++] = b;
            }
            starts[column] = start;
            lengths[column] = isNull ? -1 : out - start;
            column++;
            if (at >= end) {
                break;
            }
            at++;
            if (at == end) {
                // The line ends with a tab: the last column is empty.
                if (column < starts.length) {
                    starts[column] = out;
                    lengths[column] = 0;
                    column++;
                }
                break;
            }
        }
        if (column != starts.length) {
            throw new IllegalStateException("COPY sent " + column + " columns in place of " + starts.length);
        }
    }

    private static byte unescape(byte escaped) {
        return switch (escaped) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0B;
            default -> escaped;
        };
    }

    /** The array that holds the columns' text; valid until the next line is read. */
    byte[] text() {
        return text;
    }

    boolean isNull(int column) {
        return lengths[column] < 0;
    }

    int start(int column) {
        return starts[column];
    }

    int length(int column) {
        return lengths[column];
    }
}
