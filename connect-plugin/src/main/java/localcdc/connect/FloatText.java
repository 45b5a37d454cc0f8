package localcdc.connect;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Floating point numbers as Postgres prints them: the fewest digits that lie strictly nearer to the number than to its neighbours, and
 * an exponent only where it prints one. Java's own digits are the same number, but before Java 19 sometimes more than needed.
 * Stateless.
 */
final class FloatText {

    private static final int FLOAT_DIGITS = 6;
    private static final int DOUBLE_DIGITS = 15;
    private static final boolean JAVA_IS_SHORTEST = Runtime.version().feature() >= 19;
    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    private FloatText() {}

    /** A finite double exactly as Postgres prints it. */
    static String of(double value) {
        var java = Double.toString(value);
        // No two decimals of so few digits are the same double, unless it is a tiny one; since Java 19 its digits are
        // the
        // fewest anyway.
        if (Math.abs(value) >= Double.MIN_NORMAL && (JAVA_IS_SHORTEST || significant(java) <= DOUBLE_DIGITS)) {
            return laidOut(java, DOUBLE_DIGITS);
        }
        return exactly(value);
    }

    /** The digits of a number in Java's layout from the first to the last that is not 0, or a few more. */
    private static int significant(String java) {
        int digits = 0;
        for (int i = 0; i < java.length() && java.charAt(i) != 'E'; i++) {
            var c = java.charAt(i);
            if (c >= '0' && c <= '9' && (digits > 0 || c != '0')) {
                digits++;
            }
        }
        return java.endsWith(".0") ? digits - 1 : digits;
    }

    private static String exactly(double value) {
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        var exact = new BigDecimal(value).abs();
        var below = new BigDecimal(Math.nextDown(Math.abs(value)));
        var above = Math.nextUp(Math.abs(value));
        var digits =
                shortest(exact, below, Double.isInfinite(above) ? null : new BigDecimal(above), Double.toString(value));
        return laidOut((value < 0 ? "-" : "") + digits, DOUBLE_DIGITS);
    }

    /** A finite float exactly as Postgres prints it. */
    static String of(float value) {
        var java = Float.toString(value);
        // No two decimals of so few digits are the same float, unless it is a tiny one.
        if (value == 0 || (new BigDecimal(java).precision() <= FLOAT_DIGITS && Math.abs(value) >= Float.MIN_NORMAL)) {
            return laidOut(java, FLOAT_DIGITS);
        }
        var exact = new BigDecimal(value).abs();
        var below = new BigDecimal(Math.nextDown(Math.abs(value)));
        var above = Math.nextUp(Math.abs(value));
        var digits = shortest(exact, below, Float.isInfinite(above) ? null : new BigDecimal(above), java);
        return laidOut((value < 0 ? "-" : "") + digits, FLOAT_DIGITS);
    }

    /** Every number in a geometric value's text, in the layout of the driver, exactly as Postgres prints it. */
    static String replaceIn(String text) {
        var out = new StringBuilder(text.length());
        var i = 0;
        while (i < text.length()) {
            var from = i;
            while (i < text.length() && "()[]{}<>,".indexOf(text.charAt(i)) < 0) {
                i++;
            }
            if (i > from) {
                out.append(replaced(text.substring(from, i)));
            } else {
                out.append(text.charAt(i++));
            }
        }
        return out.toString();
    }

    private static String replaced(String number) {
        var value = Double.parseDouble(number);
        return Double.isNaN(value) || Double.isInfinite(value) ? number : of(value);
    }

    private static String shortest(BigDecimal exact, BigDecimal below, BigDecimal above, String java) {
        var low = exact.add(below).divide(TWO);
        var high = above == null
                ? exact.multiply(TWO).subtract(low)
                : exact.add(above).divide(TWO);
        var precision = new BigDecimal(java).stripTrailingZeros().precision();
        var digits = rounded(exact, precision, low, high);
        while (digits == null) {
            digits = rounded(exact, ++precision, low, high);
        }
        while (precision > 1) {
            var fewer = rounded(exact, --precision, low, high);
            if (fewer == null) {
                break;
            }
            digits = fewer;
        }
        return digits.toString();
    }

    /** The nearest decimal of so many digits that is still this number, or null. At a power of two that may be the farther one. */
    private static BigDecimal rounded(BigDecimal exact, int precision, BigDecimal low, BigDecimal high) {
        for (var mode : new RoundingMode[] {RoundingMode.HALF_EVEN, RoundingMode.UP, RoundingMode.DOWN}) {
            var candidate = exact.round(new MathContext(precision, mode));
            if (low.compareTo(candidate) < 0 && candidate.compareTo(high) < 0) {
                return candidate;
            }
        }
        return null;
    }

    /** A number in Java's layout, such as 1.0E10 or 0.001, in Postgres' layout. */
    private static String laidOut(String java, int limit) {
        var negative = java.charAt(0) == '-';
        var e = java.indexOf('E');
        var end = e < 0 ? java.length() : e;
        var digits = new StringBuilder(24);
        var point = 0;
        var seenPoint = false;
        for (int i = negative ? 1 : 0; i < end; i++) {
            var c = java.charAt(i);
            if (c == '.') {
                seenPoint = true;
            } else if (c != '0' || digits.length() > 0) {
                digits.append(c);
                point += seenPoint ? 0 : 1;
            } else if (seenPoint) {
                point--;
            }
        }
        var length = digits.length();
        while (length > 0 && digits.charAt(length - 1) == '0') {
            length--;
        }
        digits.setLength(length);
        if (length == 0) {
            return negative ? "-0" : "0";
        }
        // The number is d.ddd times ten to the power of this.
        var exponent = point - 1 + (e < 0 ? 0 : Integer.parseInt(java, e + 1, java.length(), 10));
        var laidOut = exponent >= -4 && exponent < limit ? fixed(digits, exponent) : scientific(digits, exponent);
        return negative ? "-" + laidOut : laidOut;
    }

    private static String fixed(StringBuilder digits, int exponent) {
        if (exponent < 0) {
            return digits.insert(0, "0." + "0".repeat(-exponent - 1)).toString();
        }
        if (exponent + 1 >= digits.length()) {
            return digits.append("0".repeat(exponent + 1 - digits.length())).toString();
        }
        return digits.insert(exponent + 1, '.').toString();
    }

    private static String scientific(StringBuilder digits, int exponent) {
        if (digits.length() > 1) {
            digits.insert(1, '.');
        }
        digits.append(exponent < 0 ? "e-" : "e+");
        var magnitude = Math.abs(exponent);
        return digits.append(magnitude < 10 ? "0" : "").append(magnitude).toString();
    }
}
