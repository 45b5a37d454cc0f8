package localcdc.core.decode;

/**
 * Finds the end of a JSON value that is written without blanks, and checks it on the way: grammar, escapes, UTF-8. A
 * value with blanks, or nested deeper than {@value #DEEPEST}, counts as not compact, whatever else it is. Stateless.
 */
final class CompactJson {

    private static final int DEEPEST = 64;
    private static final int NO = -1;

    private CompactJson() {}

    /** Where the value that begins at {@code at} ends, or -1 when it is not a compact JSON value. */
    static int end(byte[] json, int at, int limit) {
        if (at >= limit) {
            return NO;
        }
        return switch (json[at]) {
            case '"' -> stringEnd(json, at + 1, limit);
            case '{', '[' -> nestedEnd(json, at, limit);
            default -> scalarEnd(json, at, limit);
        };
    }

    /** Where the string ends whose first byte behind the quote is at {@code at}, its closing quote included. */
    static int stringEnd(byte[] json, int at, int limit) {
        int i = at;
        while (i < limit) {
            byte b = json[i];
            if (b == '"') {
                return i + 1;
            }
            if (b == '\\') {
                i = escapeEnd(json, i, limit);
            } else if (b >= 0x20) {
                i++;
            } else {
                i = b >= 0 ? NO : utf8End(json, i, limit);
            }
            if (i < 0) {
                return NO;
            }
        }
        return NO;
    }

    private static int escapeEnd(byte[] json, int at, int limit) {
        if (at + 1 >= limit) {
            return NO;
        }
        return switch (json[at + 1]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 2;
            case 'u' -> hexEnd(json, at + 2, limit);
            default -> NO;
        };
    }

    private static int hexEnd(byte[] json, int at, int limit) {
        for (int i = at; i < at + 4; i++) {
            if (i >= limit || Character.digit(json[i], 16) < 0) {
                return NO;
            }
        }
        return at + 4;
    }

    /** Where the character ends whose first byte, above 0x7F, is at {@code at}; see RFC 3629, section 4. */
    static int utf8End(byte[] bytes, int at, int limit) {
        int first = bytes[at] & 0xFF;
        int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
        if (first < 0xC2 || first > 0xF4 || at + more >= limit) {
            return NO;
        }
        int second = bytes[at + 1] & 0xFF;
        int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return NO;
        }
        for (int i = at + 2; i <= at + more; i++) {
            if ((bytes[i] & 0xC0) != 0x80) {
                return NO;
            }
        }
        return at + more + 1;
    }

    private static int scalarEnd(byte[] json, int at, int limit) {
        return switch (json[at]) {
            case 't' -> wordEnd("true", json, at, limit);
            case 'f' -> wordEnd("false", json, at, limit);
            case 'n' -> wordEnd("null", json, at, limit);
            default -> numberEnd(json, at, limit);
        };
    }

    private static int wordEnd(String word, byte[] json, int at, int limit) {
        if (limit - at < word.length()) {
            return NO;
        }
        for (int i = 0; i < word.length(); i++) {
            if (json[at + i] != word.charAt(i)) {
                return NO;
            }
        }
        return at + word.length();
    }

    static int numberEnd(byte[] json, int at, int limit) {
        int i = at < limit && json[at] == '-' ? at + 1 : at;
        if (i < limit && json[i] == '0') {
            i++;
        } else {
            i = digitsEnd(json, i, limit);
        }
        if (i > 0 && i < limit && json[i] == '.') {
            i = digitsEnd(json, i + 1, limit);
        }
        if (i > 0 && i < limit && (json[i] == 'e' || json[i] == 'E')) {
            i++;
            if (i < limit && (json[i] == '+' || json[i] == '-')) {
                i++;
            }
            i = digitsEnd(json, i, limit);
        }
        return i;
    }

    /** Where the digits end, of which there must be one or more. */
    static int digitsEnd(byte[] json, int at, int limit) {
        int i = at;
        while (i < limit && json[i] >= '0' && json[i] <= '9') {
            i++;
        }
        return i > at ? i : NO;
    }

    /** Without recursion: a bit for each open bracket says whether it is an object's. */
    private static int nestedEnd(byte[] json, int from, int limit) {
        long objects = 0;
        int depth = 0;
        int i = from;
        boolean first = true;
        while (true) {
            // Here a value begins, or in an empty object or array its end.
            byte b = i < limit ? json[i] : 0;
            boolean object = (objects & 1) != 0;
            if (depth > 0 && first && b == (object ? '}' : ']')) {
                i++;
                objects >>>= 1;
                depth--;
            } else {
                if (depth > 0 && object) {
                    i = nameEnd(json, i, limit);
                    b = i > 0 && i < limit ? json[i] : 0;
                }
                if (b == '{' || b == '[') {
                    if (++depth > DEEPEST) {
                        return NO;
                    }
                    objects = objects << 1 | (b == '{' ? 1 : 0);
                    i++;
                    first = true;
                    continue;
                }
                i = i < 0 || i >= limit ? NO : b == '"' ? stringEnd(json, i + 1, limit) : scalarEnd(json, i, limit);
            }
            // Here a value has ended.
            while (true) {
                if (i < 0) {
                    return NO;
                }
                if (depth == 0) {
                    return i;
                }
                byte next = i < limit ? json[i] : 0;
                i++;
                if (next == ',') {
                    first = false;
                    break;
                }
                if (next != ((objects & 1) != 0 ? '}' : ']')) {
                    return NO;
                }
                objects >>>= 1;
                depth--;
            }
        }
    }

    /** Where the value of the member begins whose name begins at {@code at}. */
    private static int nameEnd(byte[] json, int at, int limit) {
        if (at >= limit || json[at] != '"') {
            return NO;
        }
        int end = stringEnd(json, at + 1, limit);
        return end > 0 && end < limit && json[end] == ':' ? end + 1 : NO;
    }

    /** Whether the bytes are UTF-8 throughout. */
    static boolean isUtf8(byte[] bytes) {
        int i = 0;
        while (i < bytes.length) {
            i = bytes[i] >= 0 ? i + 1 : utf8End(bytes, i, bytes.length);
            if (i < 0) {
                return false;
            }
        }
        return true;
    }
}
