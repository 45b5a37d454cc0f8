package localcdc.common.http;

import localcdc.core.event.JsonText;
import localcdc.core.event.Row;

/** Finds a text in a row's values, whatever the case of the letters A to Z. Immutable. */
final class TextFilter {

    private final byte[] lower;

    /** A filter for this text, as it stands in a value's JSON. */
    TextFilter(String text) {
        var quoted = JsonText.quoted(text);
        lower = new byte[quoted.length - 2];
        for (int i = 0; i < lower.length; i++) {
            lower[i] = lower(quoted[i + 1]);
        }
    }

    /** Whether one of the row's values contains the text; any does contain the empty one. */
    boolean isIn(Row row) {
        var cursor = row.cursor();
        while (cursor.next()) {
            if (cursor.hasText() && isIn(cursor.bytes(), cursor.start(), cursor.length())) {
                return true;
            }
        }
        return false;
    }

    private boolean isIn(byte[] bytes, int start, int length) {
        for (int at = start, last = start + length - lower.length; at <= last; at++) {
            int i = 0;
            while (i < lower.length && lower(bytes[at + i]) == lower[i]) {
                i++;
            }
            if (i == lower.length) {
                return true;
            }
        }
        return false;
    }

    private static byte lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? (byte) (letter + ('a' - 'A')) : letter;
    }
}
