package localcdc.core.value;

import java.nio.charset.StandardCharsets;

/** The texts that hold other texts: arrays, vectors, composites and hstore. Stateless. */
final class NestedText {

    private NestedText() {}

    /** {@code [0:1]={{1,NULL},{"a b",2}}}; the bounds are not part of the JSON form. */
    static void appendArray(PgType type, byte[] text, int offset, int length, ByteSink out) {
        var end = offset + length;
        var at = offset;
        if (at < end && text[at] == '[') {
            while (at < end && text[at] != '=') {
                at++;
            }
            at++;
        }
        var depth = 0;
        var wantValue = true;
        do {
            var b = at < end ? text[at] : 0;
            if (b == '{' && wantValue) {
                out.put('[');
                depth++;
                at++;
            } else if (b == '}' && depth > 0 && (!wantValue || text[at - 1] == '{')) {
                out.put(']');
                depth--;
                at++;
                wantValue = false;
            } else if (b == type.delimiter() && !wantValue) {
                out.put(',');
                at++;
                wantValue = true;
            } else if (b != 0 && depth > 0 && wantValue) {
                at = b == '"' ? quotedElement(type, text, at, end, out) : plainElement(type, text, at, end, out);
                wantValue = false;
            } else {
                throw MalformedValueException.of(type, "wrong at byte " + (at - offset), text, offset, length);
            }
        } while (depth > 0);
        if (at != end) {
            throw MalformedValueException.of(type, "something follows the array", text, offset, length);
        }
    }

    private static int quotedElement(PgType type, byte[] text, int at, int end, ByteSink out) {
        var close = closingQuote(type, text, at, end);
        appendQuoted(type.element(), text, at + 1, close, out);
        return close + 1;
    }

    private static int plainElement(PgType type, byte[] text, int at, int end, ByteSink out) {
        var close = at;
        while (close < end && text[close] != type.delimiter() && text[close] != '}') {
            close++;
        }
        if (close == at) {
            throw MalformedValueException.of(type, "an empty element", text, at, end - at);
        }
        if (isNull(text, at, close)) {
            out.putAscii("null");
        } else {
            CanonicalJson.append(type.element(), text, at, close - at, out);
        }
        return close;
    }

    /** {@code 1 2 3}. */
    static void appendVector(PgType type, byte[] text, int offset, int length, ByteSink out) {
        var end = offset + length;
        var at = offset;
        out.put('[');
        while (at < end) {
            var from = at;
            while (at < end && text[at] != ' ') {
                at++;
            }
            if (from > offset) {
                out.put(',');
            }
            CanonicalJson.append(type.element(), text, from, at - from, out);
            at++;
        }
        out.put(']');
    }

    /** {@code (1,,"a ""b""")}; an empty field is NULL. */
    static void appendRow(PgType type, byte[] text, int offset, int length, ByteSink out) {
        var end = offset + length;
        if (length < 2 || text[offset] != '(' || text[end - 1] != ')') {
            throw MalformedValueException.of(type, "no brackets around it", text, offset, length);
        }
        var at = offset + 1;
        out.put('{');
        for (int i = 0; i < type.fields().size(); i++) {
            if (i > 0) {
                if (text[at] != ',') {
                    throw MalformedValueException.of(type, "too few fields", text, offset, length);
                }
                at++;
                out.put(',');
            }
            var field = type.fields().get(i);
            var name = field.name().getBytes(StandardCharsets.UTF_8);
            JsonText.appendString(name, 0, name.length, out);
            out.put(':');
            at = appendField(field.type(), text, at, end - 1, out);
        }
        out.put('}');
        if (at != end - 1) {
            throw MalformedValueException.of(type, "too many fields", text, offset, length);
        }
    }

    private static int appendField(PgType type, byte[] text, int at, int end, ByteSink out) {
        if (at < end && text[at] == '"') {
            var close = closingQuote(type, text, at, end);
            appendQuoted(type, text, at + 1, close, out);
            return close + 1;
        }
        var close = at;
        while (close < end && text[close] != ',') {
            close++;
        }
        if (close == at) {
            out.putAscii("null");
        } else {
            CanonicalJson.append(type, text, at, close - at, out);
        }
        return close;
    }

    /** {@code "key"=>"value", "other"=>NULL}. */
    static void appendHstore(PgType type, byte[] text, int offset, int length, ByteSink out) {
        var end = offset + length;
        var at = offset;
        out.put('{');
        while (at < end) {
            if (at > offset) {
                out.put(',');
            }
            var keyEnd = hstoreString(type, text, at, end, out);
            out.put(':');
            at = keyEnd + 2;
            if (at > end || text[keyEnd] != '=' || text[keyEnd + 1] != '>') {
                throw MalformedValueException.of(type, "'=>' is missing", text, offset, length);
            }
            if (end - at >= 4 && isNull(text, at, at + 4)) {
                out.putAscii("null");
                at += 4;
            } else {
                at = hstoreString(type, text, at, end, out);
            }
            if (at < end) {
                if (end - at < 2 || text[at] != ',' || text[at + 1] != ' ') {
                    throw MalformedValueException.of(type, "', ' is missing", text, offset, length);
                }
                at += 2;
            }
        }
        out.put('}');
    }

    private static int hstoreString(PgType type, byte[] text, int at, int end, ByteSink out) {
        if (at >= end || text[at] != '"') {
            throw MalformedValueException.of(type, "a quote is missing", text, at, end - at);
        }
        var close = closingQuote(type, text, at, end);
        appendQuoted(PgType.other(), text, at + 1, close, out);
        return close + 1;
    }

    /** Finds the quote that ends the string which begins at {@code at}: one that is neither escaped nor doubled. */
    private static int closingQuote(PgType type, byte[] text, int at, int end) {
        var i = at + 1;
        while (i < end) {
            if (text[i] == '\\') {
                i += 2;
            } else if (text[i] != '"') {
                i++;
            } else if (i + 1 < end && text[i + 1] == '"') {
                i += 2;
            } else {
                return i;
            }
        }
        throw MalformedValueException.of(type, "a quote without its end", text, at, end - at);
    }

    private static void appendQuoted(PgType type, byte[] text, int start, int end, ByteSink out) {
        for (int i = start; i < end; i++) {
            if (text[i] == '\\' || text[i] == '"') {
                var plain = unquote(text, start, end);
                CanonicalJson.append(type, plain.array(), 0, plain.size(), out);
                return;
            }
        }
        CanonicalJson.append(type, text, start, end - start, out);
    }

    private static ByteSink unquote(byte[] text, int start, int end) {
        var plain = new ByteSink(end - start);
        for (int i = start; i < end; i++) {
            if (text[i] == '\\' || text[i] == '"') {
                i++;
            }
            plain.put(text[i]);
        }
        return plain;
    }

    private static boolean isNull(byte[] text, int start, int end) {
        return end - start == 4
                && text[start] == 'N'
                && text[start + 1] == 'U'
                && text[start + 2] == 'L'
                && text[start + 3] == 'L';
    }
}
