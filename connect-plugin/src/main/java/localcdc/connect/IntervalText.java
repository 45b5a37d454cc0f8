package localcdc.connect;

import org.postgresql.util.PGInterval;

/** An interval as Postgres prints it with IntervalStyle=postgres. Used once. */
final class IntervalText {

    private final StringBuilder text = new StringBuilder();
    private boolean afterNegative;

    private IntervalText() {}

    static String of(PGInterval interval) {
        var text = new IntervalText();
        text.add(interval.getYears(), "year");
        text.add(interval.getMonths(), "mon");
        text.add(interval.getDays(), "day");
        text.addTime(interval);
        return text.text.toString();
    }

    private void add(int number, String unit) {
        if (number == 0) {
            return;
        }
        if (text.length() > 0) {
            text.append(' ');
        }
        if (afterNegative && number > 0) {
            text.append('+');
        }
        text.append(number).append(' ').append(unit).append(number == 1 ? "" : "s");
        afterNegative = number < 0;
    }

    private void addTime(PGInterval interval) {
        var hours = interval.getHours();
        var minutes = interval.getMinutes();
        var seconds = interval.getWholeSeconds();
        var micros = interval.getMicroSeconds();
        var nothing = hours == 0 && minutes == 0 && seconds == 0 && micros == 0;
        if (nothing && text.length() > 0) {
            return;
        }
        if (text.length() > 0) {
            text.append(' ');
        }
        if (hours < 0 || minutes < 0 || seconds < 0 || micros < 0) {
            text.append('-');
        } else if (afterNegative) {
            text.append('+');
        }
        addTwo(hours);
        text.append(':');
        addTwo(minutes);
        text.append(':');
        addTwo(seconds);
        if (micros != 0) {
            var digits = Integer.toString(1_000_000 + Math.abs(micros)).substring(1);
            text.append('.').append(digits.replaceAll("0+$", ""));
        }
    }

    private void addTwo(int number) {
        var magnitude = Math.abs((long) number);
        if (magnitude < 10) {
            text.append('0');
        }
        text.append(magnitude);
    }
}
