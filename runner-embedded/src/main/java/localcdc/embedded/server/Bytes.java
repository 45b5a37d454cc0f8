package localcdc.embedded.server;

import java.util.Locale;

/** Amounts of bytes for people. */
public final class Bytes {
    private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB"};

    private Bytes() {}

    /** {@code 0 B}, {@code 1023 B}, {@code 1.0 kB}, {@code 12.5 MB}: steps of 1024, as {@code pg_size_pretty}. */
    public static String text(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double amount = bytes / 1024.0;
        int unit = 0;
        while (amount >= 1023.95 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", amount, UNITS[unit]);
    }
}
