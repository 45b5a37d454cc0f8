package localcdc.core.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import localcdc.core.value.JsonScanner.Token;

/**
 * Compares two JSON texts by value: names in any order (of several equal names the last one counts), strings by their characters,
 * numbers without rounding, or as IEEE numbers where so told. Neither depth nor an exponent's size costs memory. Texts that list their
 * names in the same order are compared in one pass without copying.
 *
 * <p>Immutable, safe for use by several threads. A text that is not JSON is a {@link MalformedValueException}.
 */
public final class JsonEquality {

    private static final JsonEquality EXACT = new JsonEquality(NumberRule.EXACT, Map.of());

    private final NumberRule base;
    private final Map<String, NumberRule> byTopName;

    private JsonEquality(NumberRule base, Map<String, NumberRule> byTopName) {
        this.base = base;
        this.byTopName = Map.copyOf(byTopName);
    }

    /** All numbers by exact value. */
    public static JsonEquality exact() {
        return EXACT;
    }

    /** All numbers by one rule: for the fragment of one column. */
    public static JsonEquality of(NumberRule rule) {
        return new JsonEquality(rule, Map.of());
    }

    /** For whole rows: numbers in the values of these names by their rule, all others exactly. */
    public static JsonEquality ofColumns(Map<String, NumberRule> byTopName) {
        var byEscapedName = new HashMap<String, NumberRule>();
        byTopName.forEach((name, rule) -> byEscapedName.put(escaped(name), rule));
        return new JsonEquality(NumberRule.EXACT, byEscapedName);
    }

    private static String escaped(String name) {
        var bytes = name.getBytes(StandardCharsets.UTF_8);
        var out = new ByteSink(bytes.length + 16);
        JsonText.appendEscaped(bytes, 0, bytes.length, out);
        return out.toString();
    }

    /** The rule for a column of this type, as {@link #ofColumns} wants it. */
    public static NumberRule ruleFor(PgType type) {
        var innermost = type;
        while (innermost.element() != null) {
            innermost = innermost.element();
        }
        return switch (innermost.name()) {
            case "float4" -> NumberRule.FLOAT;
            case "float8" -> NumberRule.DOUBLE;
            default -> NumberRule.EXACT;
        };
    }

    public boolean equal(String left, String right) {
        return equal(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }

    public boolean equal(byte[] left, byte[] right) {
        return equal(left, 0, left.length, right, 0, right.length);
    }

    public boolean equal(byte[] left, int leftOffset, int leftLength, byte[] right, int rightOffset, int rightLength) {
        if (Arrays.equals(left, leftOffset, leftOffset + leftLength, right, rightOffset, rightOffset + rightLength)) {
            return true;
        }
        if (equalInOrder(
                left,
                new JsonScanner(left, leftOffset, leftLength),
                right,
                new JsonScanner(right, rightOffset, rightLength))) {
            return true;
        }
        var leftForm = new ByteSink(leftLength + 16);
        var rightForm = new ByteSink(rightLength + 16);
        JsonNormalForm.append(left, leftOffset, leftLength, base, byTopName, leftForm);
        JsonNormalForm.append(right, rightOffset, rightLength, base, byTopName, rightForm);
        return Arrays.equals(leftForm.array(), 0, leftForm.size(), rightForm.array(), 0, rightForm.size());
    }

    /** True only if equal; false may also mean that names stand in another order. */
    private boolean equalInOrder(byte[] left, JsonScanner a, byte[] right, JsonScanner b) {
        var rule = base;
        for (var token = a.next(); token == b.next(); token = a.next()) {
            switch (token) {
                case END -> {
                    return true;
                }
                case NAME, STRING -> {
                    if (!equalStrings(left, a, right, b)) {
                        return false;
                    }
                    if (token == Token.NAME && a.depth() == 1 && !byTopName.isEmpty()) {
                        rule = byTopName.getOrDefault(nameOf(left, a), base);
                    }
                }
                case NUMBER -> {
                    if (!sameBytes(left, a, right, b) && !equalNumbers(rule, left, a, right, b)) {
                        return false;
                    }
                }
                default -> {
                    // Brackets and words have no content beyond the token.
                }
            }
        }
        return false;
    }

    private static String nameOf(byte[] json, JsonScanner at) {
        var name = new ByteSink(at.end() - at.start());
        JsonText.appendMinimal(json, at.start(), at.end(), name);
        return name.toString();
    }

    private static boolean sameBytes(byte[] left, JsonScanner a, byte[] right, JsonScanner b) {
        return Arrays.equals(left, a.start(), a.end(), right, b.start(), b.end());
    }

    private static boolean equalStrings(byte[] left, JsonScanner a, byte[] right, JsonScanner b) {
        if (!a.escaped() && !b.escaped()) {
            return sameBytes(left, a, right, b);
        }
        var plainLeft = new ByteSink();
        var plainRight = new ByteSink();
        JsonText.appendMinimal(left, a.start(), a.end(), plainLeft);
        JsonText.appendMinimal(right, b.start(), b.end(), plainRight);
        return same(plainLeft, plainRight);
    }

    private static boolean equalNumbers(NumberRule rule, byte[] left, JsonScanner a, byte[] right, JsonScanner b) {
        var plainLeft = new ByteSink(32);
        var plainRight = new ByteSink(32);
        rule.append(left, a.start(), a.end(), plainLeft);
        rule.append(right, b.start(), b.end(), plainRight);
        return same(plainLeft, plainRight);
    }

    private static boolean same(ByteSink left, ByteSink right) {
        return Arrays.equals(left.array(), 0, left.size(), right.array(), 0, right.size());
    }
}
