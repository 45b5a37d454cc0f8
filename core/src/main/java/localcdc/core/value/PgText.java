package localcdc.core.value;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;

/** Java's dates and times as Postgres prints them with DateStyle ISO: no year 0, no plus sign, BC behind. Stateless. */
public final class PgText {

    private PgText() {}

    /** A date such as {@code 2000-01-02} or {@code 0044-03-15 BC}. */
    public static String date(LocalDate date) {
        var out = new StringBuilder(16);
        appendDate(date, out);
        return out.append(era(date)).toString();
    }

    /**
     * A timestamp such as {@code 2000-01-02 03:04:05.678+00}.
     *
     * @param separator a blank as in Postgres' text, or {@code T} as in its JSON
     * @param zone {@code ""}, {@code "+00"} or {@code "+00:00"}
     */
    public static String timestamp(LocalDateTime timestamp, char separator, String zone) {
        var out = new StringBuilder(36);
        appendDate(timestamp.toLocalDate(), out);
        out.append(separator);
        appendTime(timestamp.toLocalTime(), out);
        return out.append(zone).append(era(timestamp.toLocalDate())).toString();
    }

    private static void appendDate(LocalDate date, StringBuilder out) {
        var year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
        for (int limit = 1000; limit > year && limit > 1; limit /= 10) {
            out.append('0');
        }
        out.append(year).append('-');
        appendTwo(date.getMonthValue(), out).append('-');
        appendTwo(date.getDayOfMonth(), out);
    }

    private static void appendTime(LocalTime time, StringBuilder out) {
        appendTwo(time.getHour(), out).append(':');
        appendTwo(time.getMinute(), out).append(':');
        appendTwo(time.getSecond(), out);
        var micros = time.getNano() / 1000;
        if (micros > 0) {
            out.append('.');
            for (int unit = 100_000; micros > 0; unit /= 10) {
                out.append((char) ('0' + micros / unit));
                micros %= unit;
            }
        }
    }

    private static StringBuilder appendTwo(int number, StringBuilder out) {
        return out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }

    private static String era(LocalDate date) {
        return date.getYear() > 0 ? "" : " BC";
    }
}
