package localcdc.core.value;

import java.util.BitSet;

/**
 * Walks through one JSON text token by token, without recursion, so that depth costs no stack. Checks the grammar as it goes.
 *
 * <p>After {@link #next()} the token lies in {@link #start()} to {@link #end()}; of a string or name that is the part between the
 * quotes. Not safe for use by several threads.
 */
public final class JsonScanner {

    /** What a text consists of. */
    public enum Token {
        BEGIN_OBJECT,
        END_OBJECT,
        BEGIN_ARRAY,
        END_ARRAY,
        NAME,
        STRING,
        NUMBER,
        TRUE,
        FALSE,
        NULL,
        END
    }

    private enum Expect {
        VALUE,
        FIRST_ELEMENT,
        FIRST_NAME,
        NAME,
        SEPARATOR
    }

    private final byte[] json;
    private final int offset;
    private final int limit;
    private final BitSet inObject = new BitSet();
    private int depth;
    private int at;
    private int start;
    private int end;
    private boolean escaped;
    private Expect expect = Expect.VALUE;

    /** A scanner that stands before the first token. */
    public JsonScanner(byte[] json, int offset, int length) {
        this.json = json;
        this.offset = offset;
        this.at = offset;
        this.limit = offset + length;
    }

    /** Where the token begins. */
    public int start() {
        return start;
    }

    /** Where the token ends: the place behind its last byte. */
    public int end() {
        return end;
    }

    /** Whether the string or name contains a backslash. */
    public boolean escaped() {
        return escaped;
    }

    /** How many objects and arrays are open. */
    public int depth() {
        return depth;
    }

    /**
     * Steps to the next token; {@link Token#END} behind the value.
     *
     * @throws MalformedValueException where the text is not JSON
     */
    public Token next() {
        skipBlanks();
        if (expect == Expect.SEPARATOR) {
            if (depth == 0) {
                if (at != limit) {
                    throw malformed("something follows the value");
                }
                return Token.END;
            }
            var object = inObject.get(depth - 1);
            if (current() == (object ? '}' : ']')) {
                return close(object);
            }
            require(',');
            expect = object ? Expect.NAME : Expect.VALUE;
            skipBlanks();
        }
        return switch (expect) {
            case FIRST_NAME -> current() == '}' ? close(true) : name();
            case NAME -> name();
            case FIRST_ELEMENT -> current() == ']' ? close(false) : value();
            default -> value();
        };
    }

    private Token close(boolean object) {
        start = at;
        end = ++at;
        depth--;
        expect = Expect.SEPARATOR;
        return object ? Token.END_OBJECT : Token.END_ARRAY;
    }

    private Token name() {
        string();
        skipBlanks();
        require(':');
        expect = Expect.VALUE;
        return Token.NAME;
    }

    private Token value() {
        return switch (current()) {
            case '{' -> open(true);
            case '[' -> open(false);
            case '"' -> {
                string();
                expect = Expect.SEPARATOR;
                yield Token.STRING;
            }
            case 't' -> word("true", Token.TRUE);
            case 'f' -> word("false", Token.FALSE);
            case 'n' -> word("null", Token.NULL);
            default -> number();
        };
    }

    private Token open(boolean object) {
        start = at;
        end = ++at;
        inObject.set(depth++, object);
        expect = object ? Expect.FIRST_NAME : Expect.FIRST_ELEMENT;
        return object ? Token.BEGIN_OBJECT : Token.BEGIN_ARRAY;
    }

    private Token word(String word, Token token) {
        start = at;
        for (int i = 0; i < word.length(); i++) {
            require(word.charAt(i));
        }
        end = at;
        expect = Expect.SEPARATOR;
        return token;
    }

    private Token number() {
        start = at;
        if (current() == '-') {
            at++;
        }
        if (current() == '0') {
            at++;
        } else {
            digits();
        }
        if (current() == '.') {
            at++;
            digits();
        }
        if (current() == 'e' || current() == 'E') {
            at++;
            if (current() == '+' || current() == '-') {
                at++;
            }
            digits();
        }
        end = at;
        expect = Expect.SEPARATOR;
        return Token.NUMBER;
    }

    private void digits() {
        var first = at;
        while (at < limit && json[at] >= '0' && json[at] <= '9') {
            at++;
        }
        if (at == first) {
            throw malformed("a digit is missing at byte " + (at - offset));
        }
    }

    private void string() {
        require('"');
        start = at;
        escaped = false;
        while (at < limit) {
            var b = json[at];
            if (b == '"') {
                end = at++;
                return;
            }
            if (b == '\\') {
                escape();
            } else if (b >= 0 && b < 0x20) {
                throw malformed("a control character in a string at byte " + (at - offset));
            } else {
                at++;
            }
        }
        throw malformed("a string without its end");
    }

    private void escape() {
        escaped = true;
        at++;
        switch (current()) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at++;
            case 'u' -> {
                at++;
                for (int i = 0; i < 4; i++) {
                    if (Character.digit(current(), 16) < 0) {
                        throw malformed("a wrong escape at byte " + (at - offset));
                    }
                    at++;
                }
            }
            default -> throw malformed("a wrong escape at byte " + (at - offset));
        }
    }

    private void skipBlanks() {
        while (at < limit && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
            at++;
        }
    }

    /** The byte at hand, or 0 behind the end, which fits no rule. */
    private int current() {
        return at < limit ? json[at] : 0;
    }

    private void require(char wanted) {
        if (current() != wanted) {
            throw malformed("'" + wanted + "' is missing at byte " + (at - offset));
        }
        at++;
    }

    private MalformedValueException malformed(String problem) {
        return MalformedValueException.of("json", problem, json, offset, limit - offset);
    }
}
