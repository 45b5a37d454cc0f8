package localcdc.core.value;

import java.util.ArrayList;

/** Reads the text form of a {@link PgType}. Used once. */
final class PgTypeParser {

    private final String text;
    private int at;

    PgTypeParser(String text) {
        this.text = text;
    }

    PgType parse() {
        var type = type();
        if (at != text.length()) {
            throw malformed("end of text");
        }
        return type;
    }

    private PgType type() {
        var word = word();
        return switch (word) {
            case "array" -> array();
            case "vector" -> {
                expect('(');
                var element = type();
                expect(')');
                yield PgType.vector(element);
            }
            case "row" -> row();
            case "unsupported" -> {
                expect('(');
                var reason = quoted();
                expect(')');
                yield PgType.unsupported(reason);
            }
            default -> PgType.scalar(word).orElseThrow(() -> malformed("the name of a type"));
        };
    }

    private PgType array() {
        expect('(');
        var element = type();
        var delimiter = ',';
        if (next(',')) {
            expect('\'');
            if (at >= text.length()) {
                throw malformed("a delimiter");
            }
            delimiter = text.charAt(at++);
            expect('\'');
        }
        expect(')');
        return PgType.array(element, delimiter);
    }

    private PgType row() {
        expect('(');
        var fields = new ArrayList<PgType.Field>();
        if (!next(')')) {
            do {
                var name = quoted();
                expect(' ');
                fields.add(new PgType.Field(name, type()));
            } while (next(','));
            expect(')');
        }
        return PgType.row(fields);
    }

    private String word() {
        var start = at;
        while (at < text.length() && isWord(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private static boolean isWord(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    }

    private String quoted() {
        expect('"');
        var name = new StringBuilder();
        while (at < text.length()) {
            var c = text.charAt(at++);
            if (c != '"') {
                name.append(c);
            } else if (next('"')) {
                name.append('"');
            } else {
                return name.toString();
            }
        }
        throw malformed("a closing quote");
    }

    private boolean next(char wanted) {
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!next(wanted)) {
            throw malformed("'" + wanted + "'");
        }
    }

    private IllegalArgumentException malformed(String wanted) {
        return new IllegalArgumentException(
                "Not a type: expected " + wanted + " at character " + at + " of \"" + text + "\"");
    }
}
