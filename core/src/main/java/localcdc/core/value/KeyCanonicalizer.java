package localcdc.core.value;

import java.nio.charset.StandardCharsets;
import localcdc.core.value.JsonScanner.Token;

/**
 * Brings the canonical JSON fragment of a key column to bytes that are equal exactly when Postgres says that the values are equal:
 * numeric 1.0 is 1.00, citext ignores case, char(n) ignores trailing blanks, an interval of a day is one of 24 hours.
 *
 * <p>Not covered, because the fragment does not show it: lower bounds of arrays, and nondeterministic collations (see {@link
 * ColumnInfo#nondeterministic()}). Immutable, safe for use by several threads.
 */
public final class KeyCanonicalizer {

    private enum Rule {
        AS_IS,
        NUMBER,
        DOUBLE,
        FLOAT,
        BLANK_PADDED,
        CASELESS,
        CASELESS_ASCII,
        INTERVAL,
        NUMBER_RANGE,
        JSON,
        NESTED
    }

    private final PgType type;
    private static final PgType TEXT = PgType.scalar("text").orElseThrow();

    private final Rule rule;

    private KeyCanonicalizer(PgType type, Rule rule) {
        this.type = type;
        this.rule = rule;
    }

    public static KeyCanonicalizer of(PgType type) {
        return new KeyCanonicalizer(type, ruleFor(type));
    }

    private static Rule ruleFor(PgType type) {
        return switch (type.kind()) {
            case NUMBER ->
                switch (type.name()) {
                    case "numeric" -> Rule.NUMBER;
                    case "float4" -> Rule.FLOAT;
                    case "float8" -> Rule.DOUBLE;
                    default -> Rule.AS_IS;
                };
            case JSON, JSONB, HSTORE -> Rule.JSON;
            case ARRAY, VECTOR ->
                switch (ruleFor(type.element())) {
                    case AS_IS -> Rule.AS_IS;
                    case JSON -> Rule.JSON;
                    default -> Rule.NESTED;
                };
            case ROW -> Rule.NESTED;
            case TEXT ->
                switch (type.name()) {
                    case "bpchar" -> Rule.BLANK_PADDED;
                    case "citext" -> Rule.CASELESS;
                    case PgType.CITEXT_ASCII -> Rule.CASELESS_ASCII;
                    case "interval" -> Rule.INTERVAL;
                    case "numrange", "nummultirange" -> Rule.NUMBER_RANGE;
                    default -> Rule.AS_IS;
                };
            default -> Rule.AS_IS;
        };
    }

    /** Whether the fragment's own bytes will do, so that {@link #append} would only copy them. */
    public boolean isIdentity() {
        return rule == Rule.AS_IS;
    }

    /** Appends the bytes that stand for the value in comparisons and hashes. */
    public void append(byte[] fragment, int offset, int length, ByteSink out) {
        switch (rule) {
            case AS_IS -> out.put(fragment, offset, length);
            case JSON -> JsonNormalForm.append(fragment, offset, length, NumberRule.EXACT, out);
            case NESTED -> {
                var scanner = new JsonScanner(fragment, offset, length);
                appendNested(type, scanner, scanner.next(), fragment, out);
            }
            default -> appendScalar(fragment, offset, offset + length, out);
        }
    }

    private void appendScalar(byte[] fragment, int start, int end, ByteSink out) {
        switch (rule) {
            case NUMBER -> appendNumber(NumberRule.EXACT, fragment, start, end, out);
            case DOUBLE -> appendNumber(NumberRule.DOUBLE, fragment, start, end, out);
            case FLOAT -> appendNumber(NumberRule.FLOAT, fragment, start, end, out);
            case BLANK_PADDED -> {
                var close = end - 1;
                while (close > start + 1 && fragment[close - 1] == ' ') {
                    close--;
                }
                out.put(fragment, start, close - start);
                out.put('"');
            }
            case CASELESS, CASELESS_ASCII -> appendLowerCase(fragment, start, end, out);
            case INTERVAL -> IntervalText.appendSpan(fragment, start + 1, end - start - 2, out);
            case NUMBER_RANGE -> appendRange(fragment, start, end, out);
            default -> out.put(fragment, start, end - start);
        }
    }

    /** NaN and the infinities are strings. */
    private static void appendNumber(NumberRule number, byte[] fragment, int start, int end, ByteSink out) {
        if (fragment[start] == '"') {
            out.put(fragment, start, end - start);
        } else {
            number.append(fragment, start, end, out);
        }
    }

    private void appendLowerCase(byte[] fragment, int start, int end, ByteSink out) {
        for (int i = start; i < end; i++) {
            var b = fragment[i];
            if (b < 0 && rule == Rule.CASELESS) {
                new String(fragment, i, end - i, StandardCharsets.UTF_8)
                        .codePoints()
                        .map(Character::toLowerCase)
                        .forEach(c -> out.putUtf8(Character.toString(c)));
                return;
            }
            out.put(b >= 'A' && b <= 'Z' ? b + 32 : b);
        }
    }

    /** {@code "[1.00,2.50)"}: every number between the signs in its normal form. */
    private static void appendRange(byte[] fragment, int start, int end, ByteSink out) {
        var i = start;
        while (i < end) {
            var from = i;
            if (isDigit(fragment[i]) || (fragment[i] == '-' && isDigit(fragment[i + 1]))) {
                do {
                    i++;
                } while (isNumberByte(fragment[i]));
                NumberText.appendNormal(fragment, from, i, out);
            } else {
                out.put(fragment[i++]);
            }
        }
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean isNumberByte(byte b) {
        return isDigit(b) || b == '.' || b == '-' || b == '+' || b == 'e';
    }

    /** The scanner stands on {@code token}, the first of a value of this type. */
    private static void appendNested(PgType type, JsonScanner scanner, Token token, byte[] fragment, ByteSink out) {
        if (of(type).rule == Rule.JSON) {
            appendJson(scanner, token, fragment, out);
            return;
        }
        switch (token) {
            case BEGIN_ARRAY -> appendElements(type, scanner, fragment, out);
            case BEGIN_OBJECT -> appendFields(innermost(type), scanner, fragment, out);
            case STRING -> of(innermost(type)).appendScalar(fragment, scanner.start() - 1, scanner.end() + 1, out);
            case NUMBER -> of(innermost(type)).appendScalar(fragment, scanner.start(), scanner.end(), out);
            case TRUE, FALSE, NULL -> out.put(fragment, scanner.start(), scanner.end() - scanner.start());
            default -> throw new MalformedValueException("A key of type " + type + " has no " + token + " here");
        }
    }

    private static void appendJson(JsonScanner scanner, Token token, byte[] fragment, ByteSink out) {
        var quote = token == Token.STRING ? 1 : 0;
        var start = scanner.start() - quote;
        if (token == Token.BEGIN_ARRAY || token == Token.BEGIN_OBJECT) {
            for (var depth = scanner.depth(); scanner.depth() >= depth; scanner.next()) {
                // To the bracket that closes it.
            }
        }
        JsonNormalForm.append(fragment, start, scanner.end() + quote - start, NumberRule.EXACT, out);
    }

    private static PgType innermost(PgType type) {
        return type.element() == null ? type : innermost(type.element());
    }

    private static void appendElements(PgType type, JsonScanner scanner, byte[] fragment, ByteSink out) {
        out.put('[');
        for (var token = scanner.next(); token != Token.END_ARRAY; token = scanner.next()) {
            appendNested(type, scanner, token, fragment, out);
            out.put(',');
        }
        out.put(']');
    }

    /** In the type's own order, whichever order they came in: {@code jsonb} sorts them by name. */
    private static void appendFields(PgType type, JsonScanner scanner, byte[] fragment, ByteSink out) {
        var values = new ByteSink[type.fields().size()];
        for (var token = scanner.next(); token != Token.END_OBJECT; token = scanner.next()) {
            int field = fieldNamed(
                    type,
                    new String(fragment, scanner.start(), scanner.end() - scanner.start(), StandardCharsets.UTF_8));
            values[field] = new ByteSink(32);
            appendNested(type.fields().get(field).type(), scanner, scanner.next(), fragment, values[field]);
        }
        out.put('{');
        for (var value : values) {
            if (value == null) {
                throw new MalformedValueException("A key of type " + type + " lacks a field");
            }
            out.put(value.array(), 0, value.size());
            out.put(',');
        }
        out.put('}');
    }

    private static int fieldNamed(PgType type, String escapedName) {
        for (int i = 0; i < type.fields().size(); i++) {
            var escaped = CanonicalJson.of(TEXT, type.fields().get(i).name());
            if (escaped.length() == escapedName.length() + 2 && escaped.startsWith(escapedName, 1)) {
                return i;
            }
        }
        throw new MalformedValueException("A key of type " + type + " has no field " + escapedName);
    }
}
