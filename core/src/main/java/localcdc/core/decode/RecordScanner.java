package localcdc.core.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import localcdc.core.decode.RecordDecoder.Kind;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.RowWriter;
import localcdc.core.event.TableId;

/**
 * Scans records that look as a {@link Layout} says, byte by byte: their constant parts are compared, their values checked and
 * copied. It gives up at the first byte that is another, and says nothing then. For one thread.
 */
final class RecordScanner {

    private static final byte[] HEAD = ascii("{\"localcdc\":1,\"op\":\"");
    private static final byte[] CAPTURED = ascii("\",\"ts_us\":");
    private static final byte[] SOURCE = ascii(",\"source\":");
    private static final byte[] TRANSACTION = ascii(",\"txId\":");
    private static final byte[] COMMITTED = ascii(",\"ts_us\":");
    private static final byte[] DEFINITION = ascii("},");
    private static final byte[] AFTER = ascii(",\"after\":");
    private static final byte[] END = ascii("}}");

    private final Answer answer;
    private final List<Layout> layouts;
    private final RowWriter writer;

    private byte[] bytes;
    private int place;
    private long number;
    private int[] starts = new int[16];
    private int[] ends = new int[16];

    /**
     * @param layouts those that are known, the latest last; others add to them
     * @param writer where values go
     */
    RecordScanner(Answer answer, List<Layout> layouts, RowWriter writer) {
        this.answer = answer;
        this.layouts = layouts;
        this.writer = writer;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads a record that looks like an earlier one; false when it does not, and then it must be read as JSON. */
    boolean scan(byte[] key, byte[] value) {
        bytes = value;
        place = 0;
        if (key == null || layouts.isEmpty() || !expect(HEAD) || place >= value.length) {
            return false;
        }
        byte op = value[place++];
        if (!expect(CAPTURED) || !number()) {
            return false;
        }
        long captured = number;
        if (!expect(SOURCE)) {
            return false;
        }
        var layout = layoutOf(place);
        if (layout == null || !number()) {
            return false;
        }
        long lsn = number;
        if (!expect(TRANSACTION) || !number()) {
            return false;
        }
        long txId = number;
        if (!expect(COMMITTED) || !number()) {
            return false;
        }
        long committed = number;
        if (!expect(DEFINITION)) {
            return false;
        }
        if (!expect(layout.definition())) {
            layout = layoutOf(layout.table(), place);
            if (layout == null) {
                return false;
            }
        }
        return op == 'd'
                ? scanDelete(key, layout, lsn, txId, committed, captured)
                : scanRow(key, layout, op, lsn, txId, committed, captured);
    }

    private boolean scanDelete(byte[] key, Layout layout, long lsn, long txId, long committed, long captured) {
        if (place != bytes.length - 1 || bytes[place] != '}' || !scanKey(key, layout)) {
            return false;
        }
        var row = writer.row(layout.keyShape());
        answer.change(
                Kind.CHANGE,
                ChangeEvent.of(Operation.DELETE, layout.keys().of(row), row, lsn, answer.transaction(txId, committed)),
                layout.seen(),
                captured);
        return true;
    }

    /** Reads a record's key into the writer. */
    private boolean scanKey(byte[] key, Layout layout) {
        bytes = key;
        place = 0;
        writer.begin();
        for (int i = 0; i < layout.keySize(); i++) {
            if (!expect(layout.keyName(i))) {
                return false;
            }
            int end = CompactJson.end(key, place, key.length);
            if (end < 0 || isNull(key, place, end)) {
                return false;
            }
            writer.add(key, place, end - place);
            place = end;
        }
        return place == key.length - 1 && key[place] == '}';
    }

    private boolean scanRow(byte[] key, Layout layout, byte op, long lsn, long txId, long committed, long captured) {
        var operation = operation(op);
        if (operation == null || !expect(AFTER) || !scanColumns(layout) || !expect(END) || place != bytes.length) {
            return false;
        }
        if (!isKeyOfRow(key, layout)) {
            return false;
        }
        var row = writer.row(layout.shape());
        var position = operation == Operation.READ ? answer.snapshot(committed) : answer.transaction(txId, committed);
        answer.change(
                Kind.CHANGE,
                ChangeEvent.of(operation, layout.keys().of(row), row, lsn, position),
                layout.seen(),
                captured);
        return true;
    }

    private boolean scanColumns(Layout layout) {
        int columns = layout.columns().size();
        if (starts.length < columns) {
            starts = new int[columns];
            ends = new int[columns];
        }
        writer.begin();
        for (int i = 0; i < columns; i++) {
            if (!expect(layout.name(i))) {
                return false;
            }
            int end = CompactJson.end(bytes, place, bytes.length);
            if (end < 0) {
                return false;
            }
            starts[i] = place;
            ends[i] = end;
            if (layout.isKept(i)) {
                if (isNull(bytes, place, end)) {
                    writer.addNull();
                } else {
                    writer.add(bytes, place, end - place);
                }
            }
            place = end;
        }
        return true;
    }

    private static boolean isNull(byte[] json, int start, int end) {
        return end - start == 4 && json[start] == 'n';
    }

    /** Whether the record's key says what the row's key columns say, to the letter. */
    private boolean isKeyOfRow(byte[] key, Layout layout) {
        int at = 0;
        for (int i = 0; i < layout.keySize(); i++) {
            var name = layout.keyName(i);
            int column = layout.keyPlace(i);
            int length = ends[column] - starts[column];
            int valueAt = at + name.length;
            if (valueAt + length > key.length
                    || !Arrays.equals(key, at, valueAt, name, 0, name.length)
                    || !Arrays.equals(key, valueAt, valueAt + length, bytes, starts[column], ends[column])
                    || isNull(bytes, starts[column], ends[column])) {
                return false;
            }
            at = valueAt + length;
        }
        return at == key.length - 1 && key[at] == '}';
    }

    private boolean expect(byte[] wanted) {
        int end = place + wanted.length;
        if (end > bytes.length || !Arrays.equals(bytes, place, end, wanted, 0, wanted.length)) {
            return false;
        }
        place = end;
        return true;
    }

    /** A whole number, not below zero, of at most 18 digits. */
    private boolean number() {
        int i = place;
        int limit = Math.min(bytes.length, place + 18);
        long value = 0;
        while (i < limit && bytes[i] >= '0' && bytes[i] <= '9') {
            value = value * 10 + (bytes[i] - '0');
            i++;
        }
        if (i == place || (bytes[place] == '0' && i > place + 1)) {
            return false;
        }
        place = i;
        number = value;
        return true;
    }

    /** Any layout of the table that is named at {@code at}, the latest first; steps behind the name. */
    private Layout layoutOf(int at) {
        place = at;
        for (int i = layouts.size() - 1; i >= 0; i--) {
            if (expect(layouts.get(i).source())) {
                return layouts.get(i);
            }
        }
        return null;
    }

    private Layout layoutOf(TableId table, int at) {
        place = at;
        for (var layout : layouts) {
            if (layout.table().equals(table) && expect(layout.definition())) {
                return layout;
            }
        }
        return null;
    }

    /** What a row's record means by its {@code op}; null where no row has it. */
    static Operation operation(byte op) {
        return switch (op) {
            case 'c' -> Operation.CREATE;
            case 'u' -> Operation.UPDATE;
            case 'r' -> Operation.READ;
            default -> null;
        };
    }

    /** Reads a record without a value, by its key and its header; false when they must be read as JSON. */
    boolean scanTombstone(byte[] key, byte[] header) {
        bytes = header;
        var layout = layouts.isEmpty() ? null : layoutOf(0);
        if (layout == null || !number()) {
            return false;
        }
        long lsn = number;
        if (!expect(layout.tombstoneEnd()) || place != header.length || !scanKey(key, layout)) {
            return false;
        }
        var row = writer.row(layout.keyShape());
        answer.change(
                Kind.TOMBSTONE,
                ChangeEvent.of(Operation.DELETE, layout.keys().of(row), row, lsn, answer.unknown(0)),
                null,
                0);
        return true;
    }
}
