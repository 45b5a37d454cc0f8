package localcdc.connect;

import java.nio.charset.StandardCharsets;
import localcdc.core.value.ByteSink;
import localcdc.core.value.CanonicalJson;
import localcdc.core.value.PgType;

/** Writes one record after another as JSON in UTF-8; its buffer is kept between them. For one thread. */
final class JsonSink {

    private static final PgType TEXT = PgType.scalar("text").orElseThrow();
    private static final byte[] NULL = ascii("null");
    private static final int LONGEST_LONG = 20;

    private final ByteSink out = new ByteSink(1024);
    private final byte[] digits = new byte[LONGEST_LONG];

    /** A text that is known to be ASCII, for use as a constant. */
    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** {@code text} as a JSON string, quotes included, for use as a constant. */
    static byte[] quoted(String text) {
        return CanonicalJson.of(TEXT, text).getBytes(StandardCharsets.UTF_8);
    }

    /** Begins a new text. */
    JsonSink begin() {
        out.clear();
        return this;
    }

    JsonSink put(char oneAsciiSign) {
        out.put(oneAsciiSign);
        return this;
    }

    JsonSink put(byte[] bytes) {
        out.put(bytes, 0, bytes.length);
        return this;
    }

    /** Copies what is JSON already; null is SQL NULL. */
    JsonSink putJson(String json) {
        if (json == null) {
            return put(NULL);
        }
        out.putUtf8(json);
        return this;
    }

    /** Appends UTF-8 bytes as a JSON string. */
    JsonSink putString(byte[] utf8) {
        CanonicalJson.append(TEXT, utf8, 0, utf8.length, out);
        return this;
    }

    /** Appends a number, or null. */
    JsonSink putNumber(Long number) {
        if (number == null) {
            return put(NULL);
        }
        var rest = number.longValue();
        if (rest == Long.MIN_VALUE) {
            out.putAscii(number.toString());
            return this;
        }
        if (rest < 0) {
            out.put('-');
            rest = -rest;
        }
        var at = digits.length;
        do {
            digits[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest != 0);
        out.put(digits, at, digits.length - at);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
