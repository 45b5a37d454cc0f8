package localcdc.core.value;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Intervals as Postgres compares them: a month has 30 days and a day 24 hours. Stateless. */
final class IntervalText {

    private static final BigInteger MICROS_A_DAY = BigInteger.valueOf(86_400_000_000L);

    private IntervalText() {}

    /** Appends the length of an interval given in IntervalStyle postgres, in microseconds; infinite ones stay words. */
    static void appendSpan(byte[] text, int offset, int length, ByteSink out) {
        var interval = new String(text, offset, length, StandardCharsets.US_ASCII);
        if (interval.endsWith("infinity")) {
            out.putAscii(interval);
            return;
        }
        try {
            out.putAscii(span(interval.split(" ", -1)).toString());
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            var malformed =
                    MalformedValueException.of("interval", "not in IntervalStyle postgres", text, offset, length);
            malformed.initCause(e);
            throw malformed;
        }
    }

    private static BigInteger span(String[] words) {
        var days = 0L;
        var micros = 0L;
        for (int i = 0; i < words.length; i++) {
            if (words[i].indexOf(':') > 0) {
                micros = micros(words[i]);
                continue;
            }
            var number = Long.parseLong(words[i]);
            days += number
                    * switch (words[++i]) {
                        case "year", "years" -> 360;
                        case "mon", "mons" -> 30;
                        case "day", "days" -> 1;
                        default -> throw new NumberFormatException(words[i]);
                    };
        }
        return BigInteger.valueOf(days).multiply(MICROS_A_DAY).add(BigInteger.valueOf(micros));
    }

    private static long micros(String time) {
        var negative = time.startsWith("-");
        var parts = (negative || time.startsWith("+") ? time.substring(1) : time).split(":", -1);
        var seconds = parts[2];
        var dot = seconds.indexOf('.');
        var fraction = dot < 0 ? "" : seconds.substring(dot + 1);
        var whole = Long.parseLong(parts[0]) * 3600
                + Long.parseLong(parts[1]) * 60
                + Long.parseLong(dot < 0 ? seconds : seconds.substring(0, dot));
        // The longest interval's microseconds are Long.MIN_VALUE, so count downwards.
        var below = -whole * 1_000_000 - Long.parseLong((fraction + "000000").substring(0, 6));
        return negative ? below : -below;
    }
}
