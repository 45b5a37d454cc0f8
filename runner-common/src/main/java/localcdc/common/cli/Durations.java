package localcdc.common.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads durations as people write them: {@code 10s}, {@code 500ms}, {@code 1m30s}, {@code 0}, or ISO {@code PT10S}. */
public final class Durations implements ITypeConverter<Duration> {

    private static final Pattern PARTS = Pattern.compile("(\\d+(?:ms|h|m|s|d))+");
    private static final Pattern PART = Pattern.compile("(\\d+)(ms|h|m|s|d)");

    @Override
    public Duration convert(String text) {
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /**
     * Reads a duration that is not negative.
     *
     * @throws IllegalArgumentException when the text is no such duration: a sentence that says what would be one
     */
    public static Duration parse(String text) {
        var lower = text.strip().toLowerCase(Locale.ROOT);
        try {
            if (lower.equals("0")) {
                return Duration.ZERO;
            }
            if (lower.startsWith("p")) {
                var iso = Duration.parse(lower);
                if (!iso.isNegative()) {
                    return iso;
                }
            } else if (PARTS.matcher(lower).matches()) {
                return sum(lower);
            }
        } catch (ArithmeticException | DateTimeParseException | NumberFormatException e) {
            throw new IllegalArgumentException(explain(text), e);
        }
        throw new IllegalArgumentException(explain(text));
    }

    private static Duration sum(String text) {
        var total = Duration.ZERO;
        var parts = PART.matcher(text);
        while (parts.find()) {
            long amount = Long.parseLong(parts.group(1));
            total = total.plus(
                    switch (parts.group(2)) {
                        case "ms" -> Duration.ofMillis(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        default -> Duration.ofDays(amount);
                    });
        }
        return total;
    }

    private static String explain(String text) {
        return "'" + text + "' is not a duration such as 10s, 500ms, 1m30s or PT10S";
    }

    /** The shortest text that {@link #parse} reads back as this duration, to the millisecond. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
