package localcdc.core.value;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;

/** Postgres' ISO texts of dates and times, to the form they have in JSON. Stateless. */
final class TimestampText {

    private TimestampText() {}

    /** Appends date, timestamp or timestamptz as a JSON string; a timestamptz in another zone is brought to UTC. */
    static void append(PgType type, byte[] text, int offset, int length, ByteSink out) {
        out.put('"');
        if (isInfinite(text, offset, length)) {
            out.put(text, offset, length);
        } else {
            check(type, text, offset, length);
            switch (type.kind()) {
                case DATE -> out.put(text, offset, length);
                case TIMESTAMP -> appendWithT(text, offset, length, out);
                default -> appendZoned(type, text, offset, length, out);
            }
        }
        out.put('"');
    }

    private static void appendZoned(PgType type, byte[] text, int offset, int length, ByteSink out) {
        if (isUtc(text, offset, length)) {
            var era = era(text, offset, length);
            appendWithT(text, offset, length - era, out);
            out.putAscii(":00");
            out.put(text, offset + length - era, era);
        } else {
            var utc = toUtc(type, text, offset, length).getBytes(StandardCharsets.US_ASCII);
            appendZoned(type, utc, 0, utc.length, out);
        }
    }

    /**
     * Appends a range of timestamptz as a JSON string. Its text shows the zone of the session that wrote it, which is not ours to
     * choose: pgjdbc makes it the JVM's. So every bound that is not in UTC is rewritten.
     */
    static void appendZonedRange(PgType type, byte[] text, int offset, int length, ByteSink out) {
        var inUtc = new ByteSink(length + 16);
        var end = offset + length;
        var from = offset;
        for (int i = offset; i < end; i++) {
            if (text[i] != '"') {
                continue;
            }
            var close = i + 1;
            while (close < end && text[close] != '"') {
                close++;
            }
            if (close == end) {
                throw MalformedValueException.of(type, "a bound without its end", text, offset, length);
            }
            if (!isUtc(text, i + 1, close - i - 1)) {
                inUtc.put(text, from, i + 1 - from);
                inUtc.putAscii(toUtc(type, text, i + 1, close - i - 1));
                from = close;
            }
            i = close;
        }
        inUtc.put(text, from, end - from);
        JsonText.appendString(inUtc.array(), 0, inUtc.size(), out);
    }

    private static void appendWithT(byte[] text, int offset, int length, ByteSink out) {
        var end = offset + length;
        var blank = offset;
        while (blank < end && text[blank] != ' ') {
            blank++;
        }
        out.put(text, offset, blank - offset);
        if (blank < end) {
            out.put('T');
            out.put(text, blank + 1, end - blank - 1);
        }
    }

    private static boolean isInfinite(byte[] text, int offset, int length) {
        return (length == 8 && text[offset] == 'i') || (length == 9 && text[offset] == '-');
    }

    private static void check(PgType type, byte[] text, int offset, int length) {
        var time = false;
        for (int i = offset; i < offset + length; i++) {
            switch (text[i]) {
                case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-', '+', '.', 'B', 'C', ' ' -> {
                    // Checked below by place where it matters.
                }
                case ':' -> time = true;
                default -> throw MalformedValueException.of(type, "not ISO", text, offset, length);
            }
        }
        if (length < 10 || time == (type.kind() == PgType.Kind.DATE)) {
            throw MalformedValueException.of(type, "not ISO", text, offset, length);
        }
    }

    private static int era(byte[] text, int offset, int length) {
        var end = offset + length;
        return length > 3 && text[end - 1] == 'C' && text[end - 2] == 'B' && text[end - 3] == ' ' ? 3 : 0;
    }

    private static boolean isUtc(byte[] text, int offset, int length) {
        var end = offset + length - era(text, offset, length);
        return end - offset > 3 && text[end - 1] == '0' && text[end - 2] == '0' && text[end - 3] == '+';
    }

    /** The same instant as Postgres would print it in UTC. */
    private static String toUtc(PgType type, byte[] text, int offset, int length) {
        var beforeChrist = era(text, offset, length) > 0;
        var iso = new String(text, offset, length - (beforeChrist ? 3 : 0), StandardCharsets.US_ASCII);
        try {
            var zone = Math.max(iso.lastIndexOf('+'), iso.lastIndexOf('-'));
            var shift = ZoneOffset.of(iso.substring(zone));
            var dash = iso.indexOf('-');
            var blank = iso.indexOf(' ');
            var year = Integer.parseInt(iso.substring(0, dash));
            var local = LocalDateTime.of(
                    LocalDate.of(
                            beforeChrist ? 1 - year : year,
                            Integer.parseInt(iso.substring(dash + 1, dash + 3)),
                            Integer.parseInt(iso.substring(dash + 4, blank))),
                    LocalTime.parse(iso.substring(blank + 1, zone)));
            return PgText.timestamp(local.minusSeconds(shift.getTotalSeconds()), ' ', "+00");
        } catch (DateTimeException | IndexOutOfBoundsException | NumberFormatException e) {
            var malformed = MalformedValueException.of(type, "not ISO", text, offset, length);
            malformed.initCause(e);
            throw malformed;
        }
    }
}
