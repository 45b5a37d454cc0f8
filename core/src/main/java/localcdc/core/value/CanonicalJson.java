package localcdc.core.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Turns Postgres' own text of a value into the JSON that {@code to_jsonb} prints for it.
 *
 * <p>The text must come from a session with DateStyle=ISO, IntervalStyle=postgres, bytea_output=hex, lc_monetary=C and
 * extra_float_digits of 1 or more; a zone other than UTC is mended. The result has no blanks and no line breaks outside strings. A text
 * that does not fit the type is a {@link MalformedValueException}, never a guessed value. Stateless.
 */
public final class CanonicalJson {

    private static final byte[] NAN = "NaN".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] INFINITY = "Infinity".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NEGATIVE_INFINITY = "-Infinity".getBytes(StandardCharsets.US_ASCII);

    private CanonicalJson() {}

    /** Appends the fragment for a value that is not NULL. What stood in {@code out} before stays, also when this fails midway. */
    public static void append(PgType type, byte[] text, int offset, int length, ByteSink out) {
        switch (type.kind()) {
            case NUMBER -> appendNumber(type, text, offset, length, out);
            case BOOL -> appendBool(type, text, offset, length, out);
            case JSON -> JsonCompact.append(text, offset, length, out);
            case JSONB -> JsonCompact.appendJsonb(text, offset, length, out);
            case DATE, TIMESTAMP, TIMESTAMPTZ -> TimestampText.append(type, text, offset, length, out);
            case ZONED_RANGE -> TimestampText.appendZonedRange(type, text, offset, length, out);
            case HSTORE -> NestedText.appendHstore(type, text, offset, length, out);
            case TEXT -> JsonText.appendString(text, offset, length, out);
            case ARRAY -> NestedText.appendArray(type, text, offset, length, out);
            case VECTOR -> NestedText.appendVector(type, text, offset, length, out);
            case ROW -> NestedText.appendRow(type, text, offset, length, out);
            case UNSUPPORTED ->
                throw new MalformedValueException("Its JSON form cannot be computed outside the server: "
                        + type.unsupportedReason().orElseThrow());
        }
    }

    /** The fragment for a text, for places where speed does not matter. */
    public static String of(PgType type, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var out = new ByteSink(bytes.length + 16);
        append(type, bytes, 0, bytes.length, out);
        return out.toString();
    }

    private static void appendNumber(PgType type, byte[] text, int offset, int length, ByteSink out) {
        var end = offset + length;
        var digits = 0;
        var zeros = 0;
        for (int i = offset; i < end; i++) {
            switch (text[i]) {
                case '0' -> zeros++;
                case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> digits++;
                case '-', '+', '.', 'e' -> {
                    // The server wrote it; only a text of another type has to be told apart.
                }
                default -> {
                    appendSpecial(type, text, offset, length, out);
                    return;
                }
            }
        }
        if (digits + zeros == 0) {
            throw malformedNumber(type, text, offset, length);
        }
        if (digits == 0 && text[offset] == '-') {
            out.put('0');
        } else if (digits + zeros == length) {
            out.put(text, offset, length);
        } else {
            requireJsonNumber(type, text, offset, length);
            out.put(text, offset, length);
        }
    }

    private static void requireJsonNumber(PgType type, byte[] text, int offset, int length) {
        var end = offset + length;
        var i = text[offset] == '-' ? offset + 1 : offset;
        var first = i;
        i = digits(text, i, end);
        var valid = i > first;
        if (valid && i < end && text[i] == '.') {
            first = ++i;
            i = digits(text, i, end);
            valid = i > first;
        }
        if (valid && i < end && text[i] == 'e') {
            i++;
            if (i < end && (text[i] == '+' || text[i] == '-')) {
                i++;
            }
            first = i;
            i = digits(text, i, end);
            valid = i > first;
        }
        if (!valid || i != end) {
            throw malformedNumber(type, text, offset, length);
        }
    }

    private static int digits(byte[] text, int from, int end) {
        var i = from;
        while (i < end && text[i] >= '0' && text[i] <= '9') {
            i++;
        }
        return i;
    }

    private static void appendSpecial(PgType type, byte[] text, int offset, int length, ByteSink out) {
        if (!is(NAN, text, offset, length)
                && !is(INFINITY, text, offset, length)
                && !is(NEGATIVE_INFINITY, text, offset, length)) {
            throw malformedNumber(type, text, offset, length);
        }
        out.put('"');
        out.put(text, offset, length);
        out.put('"');
    }

    private static boolean is(byte[] word, byte[] text, int offset, int length) {
        return Arrays.equals(word, 0, word.length, text, offset, offset + length);
    }

    private static void appendBool(PgType type, byte[] text, int offset, int length, ByteSink out) {
        if (length != 1 || (text[offset] != 't' && text[offset] != 'f')) {
            throw MalformedValueException.of(type, "neither t nor f", text, offset, length);
        }
        out.putAscii(text[offset] == 't' ? "true" : "false");
    }

    private static MalformedValueException malformedNumber(PgType type, byte[] text, int offset, int length) {
        return MalformedValueException.of(type, "not a number", text, offset, length);
    }
}
