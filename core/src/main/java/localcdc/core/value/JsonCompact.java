package localcdc.core.value;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import localcdc.core.value.JsonScanner.Token;

/**
 * Rewrites the text of a json or jsonb value without blanks, so that it fits on one line. A json value may name a member twice, where
 * jsonb keeps the last: then so do we. Stateless.
 */
final class JsonCompact {

    private JsonCompact() {}

    /**
     * Appends a jsonb value. The server has printed it from its own parsed form, so that its grammar needs no second look: only the
     * blanks outside strings go, and what is clearly another type's text is refused.
     */
    static void appendJsonb(byte[] json, int offset, int length, ByteSink out) {
        var end = offset + length;
        var from = offset;
        var depth = 0;
        var i = offset;
        while (i < end) {
            switch (json[i]) {
                case '"' -> i = closingQuote(json, i, end);
                case ' ' -> {
                    out.put(json, from, i - from);
                    from = i + 1;
                }
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {
                    // Part of a number or word, a comma or a colon.
                }
            }
            i++;
        }
        if (i != end || depth != 0 || length == 0 || !mayBegin(json[offset])) {
            throw MalformedValueException.of("jsonb", "not JSON", json, offset, length);
        }
        out.put(json, from, end - from);
    }

    /** The place of the quote that ends the string, or behind the end. */
    private static int closingQuote(byte[] json, int open, int end) {
        var i = open + 1;
        while (i < end && json[i] != '"') {
            i += json[i] == '\\' ? 2 : 1;
        }
        return i < end ? i : end;
    }

    private static boolean mayBegin(byte b) {
        return b == '{'
                || b == '['
                || b == '"'
                || b == '-'
                || (b >= '0' && b <= '9')
                || b == 't'
                || b == 'f'
                || b == 'n';
    }

    /** Appends a json value, which is text as somebody wrote it. */
    static void append(byte[] json, int offset, int length, ByteSink out) {
        var mark = out.size();
        var scanner = new JsonScanner(json, offset, length);
        var names = new ArrayDeque<Set<String>>();
        var afterValue = false;
        for (var token = scanner.next(); token != Token.END; token = scanner.next()) {
            var closing = token == Token.END_ARRAY || token == Token.END_OBJECT;
            if (afterValue && !closing) {
                out.put(',');
            }
            if (!namesStayUnique(token, json, scanner, names)) {
                out.truncate(mark);
                JsonNormalForm.append(json, offset, length, NumberRule.VERBATIM, out);
                return;
            }
            appendToken(token, json, scanner, out);
            afterValue = token != Token.NAME && token != Token.BEGIN_ARRAY && token != Token.BEGIN_OBJECT;
        }
    }

    private static void appendToken(Token token, byte[] json, JsonScanner scanner, ByteSink out) {
        var quoted = token == Token.STRING || token == Token.NAME;
        if (quoted) {
            out.put('"');
        }
        out.put(json, scanner.start(), scanner.end() - scanner.start());
        if (quoted) {
            out.put('"');
        }
        if (token == Token.NAME) {
            out.put(':');
        }
    }

    private static boolean namesStayUnique(
            Token token, byte[] json, JsonScanner scanner, ArrayDeque<Set<String>> names) {
        switch (token) {
            case BEGIN_OBJECT -> names.push(new HashSet<>());
            case END_OBJECT -> names.pop();
            case NAME -> {
                var name = new ByteSink(scanner.end() - scanner.start());
                JsonText.appendMinimal(json, scanner.start(), scanner.end(), name);
                return names.peek().add(name.toString());
            }
            default -> {
                // Only names can repeat.
            }
        }
        return true;
    }
}
