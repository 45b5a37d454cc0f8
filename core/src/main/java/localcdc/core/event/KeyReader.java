package localcdc.core.event;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import localcdc.core.value.ByteSink;
import localcdc.core.value.CanonicalJson;
import localcdc.core.value.KeyCanonicalizer;
import localcdc.core.value.MalformedValueException;
import localcdc.core.value.PgType;

/**
 * Makes the map's key from a row or from the key's values, following Postgres' equality of the key columns' types.
 * Immutable; any thread.
 */
public final class KeyReader {

    private static final PgType TEXT = PgType.scalar("text").orElseThrow();
    private static final JsonFactory JSON = new JsonFactory();

    private final List<PgType> types;
    private final List<KeyCanonicalizer> canonicalizers;
    private final boolean oneInteger;

    /**
     * A reader for one table.
     *
     * @param types the key columns' types, in key order
     */
    public KeyReader(List<PgType> types) {
        this.types = List.copyOf(types);
        this.canonicalizers = this.types.stream().map(KeyCanonicalizer::of).toList();
        this.oneInteger = types.size() == 1 && isInteger(types.get(0));
    }

    private static boolean isInteger(PgType type) {
        return type.kind() == PgType.Kind.NUMBER
                && List.of("int2", "int4", "int8").contains(type.name());
    }

    /** The key's types, in key order. */
    public List<PgType> types() {
        return types;
    }

    /** The key of a row; the row's shape says where its key columns stand. */
    public PrimaryKey of(Row row) {
        if (oneInteger) {
            var cursor = known(row, 0);
            return PrimaryKey.of(parseLong(cursor.bytes(), cursor.start(), cursor.length()));
        }
        var sink = new ByteSink(32);
        for (int i = 0; i < types.size(); i++) {
            var cursor = known(row, i);
            append(i, cursor.bytes(), cursor.start(), cursor.length(), sink);
        }
        return PrimaryKey.of(sink.toByteArray());
    }

    /** A key without a value would be that of another row. */
    private static Row.Cursor known(Row row, int i) {
        int column = row.shape().keyColumn(i);
        var cursor = row.at(column);
        if (!cursor.hasText()) {
            throw new IllegalArgumentException(
                    "The key's column " + row.shape().columns().get(column) + " of "
                            + row.shape().table() + (cursor.isNull() ? " is NULL" : " is not known"));
        }
        return cursor;
    }

    /**
     * The key by its values' canonical JSON texts, in key order.
     *
     * @throws IllegalArgumentException when the number of values is wrong or one is not of its column's type
     */
    public PrimaryKey ofFragments(List<String> fragments) {
        try {
            return read(fragments);
        } catch (MalformedValueException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private PrimaryKey read(List<String> fragments) {
        if (fragments.size() != types.size()) {
            throw new IllegalArgumentException(
                    "the key has " + types.size() + " columns, but " + fragments.size() + " values were given");
        }
        if (oneInteger) {
            byte[] text = fragments.get(0).getBytes(StandardCharsets.UTF_8);
            return PrimaryKey.of(parseLong(text, 0, text.length));
        }
        var sink = new ByteSink(32);
        for (int i = 0; i < types.size(); i++) {
            byte[] text = escapedAsOurs(fragments.get(i)).getBytes(StandardCharsets.UTF_8);
            append(i, text, 0, text.length, sink);
        }
        return PrimaryKey.of(sink.toByteArray());
    }

    /**
     * The key by its values as people write them: as in the key's JSON, but strings without quotes.
     *
     * @throws IllegalArgumentException when the number of values is wrong or one is not of its column's type
     */
    public PrimaryKey ofPlain(List<String> values) {
        if (values.size() != types.size()) {
            throw new IllegalArgumentException(
                    "the key has " + types.size() + " columns, but " + values.size() + " values were given");
        }
        var fragments = new ArrayList<String>(values.size());
        for (int i = 0; i < values.size(); i++) {
            fragments.add(
                    types.get(i).isJsonString(values.get(i)) ? CanonicalJson.of(TEXT, values.get(i)) : values.get(i));
        }
        return ofFragments(fragments);
    }

    /** A JSON string with our way of escaping, since others may write the same text otherwise. */
    private static String escapedAsOurs(String fragment) {
        if (!fragment.startsWith("\"") || fragment.indexOf('\\') < 0) {
            return fragment;
        }
        try (var parser = JSON.createParser(fragment)) {
            parser.nextToken();
            return CanonicalJson.of(TEXT, parser.getText());
        } catch (IOException e) {
            throw new IllegalArgumentException("'" + fragment + "' is not a JSON string", e);
        }
    }

    private void append(int column, byte[] json, int from, int length, ByteSink sink) {
        if (types.size() == 1) {
            canonicalizers.get(column).append(json, from, length, sink);
            return;
        }
        // Each value is preceded by its length, so that ("a","bc") and ("ab","c") differ.
        var value = new ByteSink(length + 8);
        canonicalizers.get(column).append(json, from, length, value);
        sink.putAscii(value.size() + ":");
        sink.put(value.array(), 0, value.size());
    }

    private static long parseLong(byte[] text, int from, int length) {
        boolean negative = length > 0 && text[from] == '-';
        int at = negative ? from + 1 : from;
        int end = from + length;
        if (at == end || end - at > 19) {
            throw notANumber(text, from, length);
        }
        long value = 0;
        for (; at < end; at++) {
            int digit = text[at] - '0';
            if (digit < 0 || digit > 9) {
                throw notANumber(text, from, length);
            }
            // Built up below zero, where the smallest bigint has room.
            value = value * 10 - digit;
            if (value > 0) {
                throw notANumber(text, from, length);
            }
        }
        if (!negative && value == Long.MIN_VALUE) {
            throw notANumber(text, from, length);
        }
        return negative ? value : -value;
    }

    private static IllegalArgumentException notANumber(byte[] text, int from, int length) {
        return new IllegalArgumentException("'" + new String(text, from, Math.min(length, 60), StandardCharsets.UTF_8)
                + "' is not a whole number, as this key needs");
    }
}
