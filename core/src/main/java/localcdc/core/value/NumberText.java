package localcdc.core.value;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** JSON numbers by value, without ever expanding an exponent. Stateless. */
final class NumberText {

    private static final int LONG_DIGITS = 17;

    private NumberText() {}

    /**
     * Appends the one normal form of a JSON number's exact value: {@code 0}, or the digits without zeros at either end, followed by
     * {@code E} and the exponent unless that is 0.
     */
    static void appendNormal(byte[] number, int start, int end, ByteSink out) {
        var mark = out.size();
        var at = start;
        if (number[at] == '-') {
            out.put('-');
            at++;
        }
        var first = out.size();
        var significant = first;
        var fraction = 0L;
        var inFraction = false;
        for (; at < end && number[at] != 'e' && number[at] != 'E'; at++) {
            var b = number[at];
            if (b == '.') {
                inFraction = true;
                continue;
            }
            if (inFraction) {
                fraction++;
            }
            if (b != '0' || out.size() > first) {
                out.put(b);
                significant = b == '0' ? significant : out.size();
            }
        }
        if (out.size() == first) {
            out.truncate(mark);
            out.put('0');
            return;
        }
        var shift = out.size() - significant - fraction;
        out.truncate(significant);
        appendExponent(number, at, end, shift, out);
    }

    private static void appendExponent(byte[] number, int at, int end, long shift, ByteSink out) {
        var from = at + 1;
        if (from < end && number[from] == '+') {
            from++;
        }
        var given = from < end ? new String(number, from, end - from, StandardCharsets.US_ASCII) : "0";
        if (given.length() <= LONG_DIGITS) {
            var exponent = Long.parseLong(given) + shift;
            if (exponent != 0) {
                out.put('E');
                out.putAscii(Long.toString(exponent));
            }
        } else {
            var exponent = new BigInteger(given).add(BigInteger.valueOf(shift));
            if (exponent.signum() != 0) {
                out.put('E');
                out.putAscii(exponent.toString());
            }
        }
    }

    /** Appends a form that is equal for equal IEEE doubles; both zeros are one. */
    static void appendDouble(byte[] number, int start, int end, ByteSink out) {
        var value = Double.parseDouble(new String(number, start, end - start, StandardCharsets.US_ASCII));
        out.putAscii(Double.toString(value + 0.0));
    }

    /** Appends a form that is equal for equal IEEE floats; both zeros are one. */
    static void appendFloat(byte[] number, int start, int end, ByteSink out) {
        var value = Float.parseFloat(new String(number, start, end - start, StandardCharsets.US_ASCII));
        out.putAscii(Float.toString(value + 0.0f));
    }
}
