package localcdc.core.event;

/**
 * Text form of a place in the write-ahead log (log sequence number): two hexadecimal halves, {@code 0/1A2B3C4}, as
 * {@code pg_lsn} prints it. Places are kept as {@code long} and compare as unsigned numbers.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-pg-lsn.html">pg_lsn</a>
 */
public final class Lsn {

    /** No place; less than every place. */
    public static final long NONE = 0;

    private Lsn() {}

    /** The text of {@code lsn}, for example {@code 0/1A2B3C4}. */
    public static String format(long lsn) {
        return Integer.toHexString((int) (lsn >>> 32)).toUpperCase(java.util.Locale.ROOT) + "/"
                + Integer.toHexString((int) lsn).toUpperCase(java.util.Locale.ROOT);
    }

    /**
     * Reads {@code HEX/HEX}.
     *
     * @throws IllegalArgumentException when the text is anything else; it is never replaced by a default
     */
    public static long parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash > 8 || text.length() - slash - 1 < 1 || text.length() - slash - 1 > 8) {
            throw new IllegalArgumentException("'" + text + "' is not a log sequence number such as 0/1A2B3C4");
        }
        try {
            long high = Long.parseLong(text, 0, slash, 16);
            long low = Long.parseLong(text, slash + 1, text.length(), 16);
            if (high < 0 || low < 0) {
                throw new NumberFormatException("negative");
            }
            return (high << 32) | low;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a log sequence number such as 0/1A2B3C4", e);
        }
    }

    /** The later of two places. */
    public static long later(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }
}
