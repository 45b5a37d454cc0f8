package localcdc.core.value;

import java.nio.charset.StandardCharsets;

/** Strings between UTF-8 and JSON, byte by byte. Stateless. */
final class JsonText {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JsonText() {}

    /** Appends the bytes as a JSON string, quotes included. */
    static void appendString(byte[] text, int offset, int length, ByteSink out) {
        out.put('"');
        appendEscaped(text, offset, length, out);
        out.put('"');
    }

    static void appendEscaped(byte[] text, int offset, int length, ByteSink out) {
        var end = offset + length;
        var from = offset;
        for (int i = offset; i < end; i++) {
            var b = text[i];
            if (b == '"' || b == '\\' || (b >= 0 && b < 0x20)) {
                out.put(text, from, i - from);
                appendEscape(b, out);
                from = i + 1;
            }
        }
        out.put(text, from, end - from);
    }

    private static void appendEscape(byte b, ByteSink out) {
        out.put('\\');
        switch (b) {
            case '"', '\\' -> out.put(b);
            case '\b' -> out.put('b');
            case '\f' -> out.put('f');
            case '\n' -> out.put('n');
            case '\r' -> out.put('r');
            case '\t' -> out.put('t');
            default -> {
                out.putAscii("u00");
                out.put(HEX[b >> 4]);
                out.put(HEX[b & 15]);
            }
        }
    }

    /**
     * Appends the content of a JSON string, whose escapes are known to be well formed, with as few escapes as possible: equal strings
     * become equal bytes. A surrogate that has no partner stays an escape, since UTF-8 has no bytes for it.
     */
    static void appendMinimal(byte[] json, int start, int end, ByteSink out) {
        var i = start;
        while (i < end) {
            if (json[i] != '\\') {
                out.put(json[i++]);
                continue;
            }
            var escape = json[i + 1];
            if (escape != 'u') {
                appendSimple(escape, out);
                i += 2;
                continue;
            }
            var unit = hex(json, i + 2);
            i += 6;
            if (Character.isHighSurrogate((char) unit) && i + 6 <= end && json[i] == '\\' && json[i + 1] == 'u') {
                var low = hex(json, i + 2);
                if (Character.isLowSurrogate((char) low)) {
                    appendCodePoint(Character.toCodePoint((char) unit, (char) low), out);
                    i += 6;
                    continue;
                }
            }
            appendCodePoint(unit, out);
        }
    }

    private static void appendSimple(byte escape, ByteSink out) {
        var meant =
                switch (escape) {
                    case 'b' -> (byte) '\b';
                    case 'f' -> (byte) '\f';
                    case 'n' -> (byte) '\n';
                    case 'r' -> (byte) '\r';
                    case 't' -> (byte) '\t';
                    default -> escape;
                };
        appendEscaped(new byte[] {meant}, 0, 1, out);
    }

    private static void appendCodePoint(int codePoint, ByteSink out) {
        if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
            out.putAscii("\\u" + Integer.toHexString(codePoint));
        } else {
            var bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
            appendEscaped(bytes, 0, bytes.length, out);
        }
    }

    private static int hex(byte[] json, int at) {
        var value = 0;
        for (int i = at; i < at + 4; i++) {
            value = value << 4 | Character.digit(json[i], 16);
        }
        return value;
    }
}
