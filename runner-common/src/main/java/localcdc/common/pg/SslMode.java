package localcdc.common.pg;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How far a connection is encrypted and the server checked; libpq's {@code sslmode}. */
public enum SslMode {
    DISABLE,
    ALLOW,
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL;

    /** The name as libpq and pgjdbc spell it, such as {@code verify-full}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a connection without encryption is refused. */
    public boolean isDemanded() {
        return compareTo(REQUIRE) >= 0;
    }

    /** The mode of that label, if there is one. */
    static Optional<SslMode> of(String label) {
        return Arrays.stream(values())
                .filter(mode -> mode.label().equals(label))
                .findFirst();
    }

    static String labels() {
        return Arrays.stream(values()).map(SslMode::label).collect(Collectors.joining(", "));
    }
}
