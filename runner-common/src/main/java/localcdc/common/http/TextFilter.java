package localcdc.common.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import localcdc.core.event.JsonText;
import localcdc.core.event.Row;

/**
 * Finds a text in a row's values, whatever the case of the letters A to Z: as it is written in their JSON, or as it would be
 * inside a JSON string. Immutable.
 */
final class TextFilter {

    /** What follows the backslash where a character is written as its number. */
    private static final int UNICODE_ESCAPE = 5;

    private final byte[] plain;
    private final byte[] escaped;

    /** A filter for this text. */
    TextFilter(String text) {
        plain = lower(text.getBytes(StandardCharsets.UTF_8));
        var quoted = JsonText.quoted(text);
        escaped = lower(Arrays.copyOfRange(quoted, 1, quoted.length - 1));
    }

    private static byte[] lower(byte[] text) {
        for (int i = 0; i < text.length; i++) {
            text[i] = lower(text[i]);
        }
        return text;
    }

    /** Whether one of the row's values contains the text; any does contain the empty one. */
    boolean isIn(Row row) {
        boolean same = Arrays.equals(plain, escaped);
        var cursor = row.cursor();
        while (cursor.next()) {
            if (cursor.hasText() && (contains(cursor, escaped) || (!same && contains(cursor, plain)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(Row.Cursor value, byte[] wanted) {
        var bytes = value.bytes();
        int end = value.start() + value.length() - wanted.length;
        int inEscape = 0;
        for (int at = value.start(); at <= end; at++) {
            if (inEscape > 0) {
                // The n of a line break is no letter of the text.
                inEscape--;
                continue;
            }
            if (bytes[at] == '\\') {
                inEscape = bytes[at + 1] == 'u' ? UNICODE_ESCAPE : 1;
            }
            int i = 0;
            while (i < wanted.length && lower(bytes[at + i]) == wanted[i]) {
                i++;
            }
            if (i == wanted.length) {
                return true;
            }
        }
        return false;
    }

    private static byte lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? (byte) (letter + ('a' - 'A')) : letter;
    }
}
