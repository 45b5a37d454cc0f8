package localcdc.connect;

import io.debezium.connector.postgresql.PostgresValueConverter;
import io.debezium.data.SpecialValueDecimal;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Comparator;
import java.util.GregorianCalendar;
import java.util.HexFormat;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;
import localcdc.core.value.MalformedValueException;
import localcdc.core.value.PgText;
import localcdc.core.value.PgType;
import org.postgresql.PGStatement;
import org.postgresql.geometric.PGbox;
import org.postgresql.geometric.PGcircle;
import org.postgresql.geometric.PGline;
import org.postgresql.geometric.PGlseg;
import org.postgresql.geometric.PGpath;
import org.postgresql.geometric.PGpoint;
import org.postgresql.geometric.PGpolygon;
import org.postgresql.util.PGInterval;
import org.postgresql.util.PGobject;

/**
 * Brings the objects that Debezium and the driver have made back to the text that the server sent. What cannot be brought back is a
 * {@link MalformedValueException}. Stateless but for the type it serves.
 */
final class DriverText {

    private static final LocalDate SWITCH_TO_GREGORIAN = LocalDate.of(1582, 10, 15);
    private static final LocalDate TEN_DAYS_LATER = LocalDate.of(1582, 10, 25);

    private static final Comparator<byte[]> HSTORE_ORDER =
            Comparator.<byte[]>comparingInt(key -> key.length).thenComparing(Arrays::compareUnsigned);

    private final PgType type;

    DriverText(PgType type) {
        this.type = type;
    }

    String of(Object value) {
        if (value instanceof Boolean bool) {
            return type.kind() == PgType.Kind.BOOL ? (bool ? "t" : "f") : (bool ? "1" : "0");
        }
        if (value instanceof SpecialValueDecimal decimal) {
            return decimal.getDecimalValue()
                    .map(BigDecimal::toPlainString)
                    .orElseGet(() -> special(decimal.toDouble()));
        }
        if (value instanceof BigDecimal decimal) {
            return type.name().equals("money") ? MoneyText.of(decimal) : decimal.toPlainString();
        }
        if (value instanceof Double number) {
            return number(number);
        }
        if (value instanceof Float number) {
            return number(number);
        }
        if (value instanceof byte[] bytes) {
            return "\\x" + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof ByteBuffer buffer) {
            var bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return "\\x" + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof PGobject object) {
            return objectText(object);
        }
        if (value instanceof Array || value instanceof UUID) {
            return value.toString();
        }
        return value instanceof Map<?, ?> map ? hstore(map) : timeOrXml(value);
    }

    /** Debezium marks infinity by one object of its own; a timestamp of that very instant is another, equal object. */
    @SuppressWarnings("ReferenceEquality")
    static boolean isInfinite(Instant instant) {
        return instant == PostgresValueConverter.POSITIVE_INFINITY_INSTANT
                || instant == PostgresValueConverter.NEGATIVE_INFINITY_INSTANT;
    }

    /** These lie outside what timestamptz can hold. */
    static boolean isInfinite(OffsetDateTime time) {
        return time.equals(PostgresValueConverter.POSITIVE_INFINITY_OFFSET_DATE_TIME)
                || time.equals(PostgresValueConverter.NEGATIVE_INFINITY_OFFSET_DATE_TIME);
    }

    private String timeOrXml(Object value) {
        if (value instanceof LocalDate date) {
            return date(date);
        }
        if (value instanceof java.sql.Date date) {
            return sqlDate(date);
        }
        if (value instanceof Instant instant) {
            if (isInfinite(instant)) {
                return instant.isAfter(Instant.EPOCH) ? "infinity" : "-infinity";
            }
            return PgText.timestamp(LocalDateTime.ofInstant(instant, ZoneOffset.UTC), ' ', "");
        }
        if (value instanceof OffsetDateTime time) {
            if (isInfinite(time)) {
                return time.toInstant().isAfter(Instant.EPOCH) ? "infinity" : "-infinity";
            }
            return PgText.timestamp(time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime(), ' ', "+00");
        }
        if (value instanceof SQLXML xml) {
            try {
                return xml.getString();
            } catch (SQLException e) {
                var unreadable = new MalformedValueException("xml cannot be read: " + e.getMessage());
                unreadable.initCause(e);
                throw unreadable;
            }
        }
        if (type.name().equals("timetz")) {
            throw new MalformedValueException("Debezium has dropped the time zone; leave the column out");
        }
        throw new MalformedValueException("values of " + value.getClass() + " are not known");
    }

    private static String date(LocalDate date) {
        if (date.equals(PostgresValueConverter.POSITIVE_INFINITY_LOCAL_DATE)) {
            return "infinity";
        }
        return date.equals(PostgresValueConverter.NEGATIVE_INFINITY_LOCAL_DATE) ? "-infinity" : PgText.date(date);
    }

    /**
     * Whether a date of a snapshot cannot be told from the date ten days earlier. Debezium's snapshots read dates as
     * java.sql.Date, made in a calendar that counts Julian days before 1582-10-15 and does not have the ten days before that:
     * it moves them onto the ten days after it.
     */
    static boolean isAmbiguous(java.sql.Date date) {
        if (date.getTime() == PGStatement.DATE_POSITIVE_INFINITY
                || date.getTime() == PGStatement.DATE_NEGATIVE_INFINITY) {
            return false;
        }
        var day = day(date);
        return !day.isBefore(SWITCH_TO_GREGORIAN) && day.isBefore(TEN_DAYS_LATER);
    }

    private static LocalDate day(java.sql.Date date) {
        var calendar = new GregorianCalendar();
        calendar.setTime(date);
        var era = calendar.get(GregorianCalendar.ERA);
        var year = calendar.get(GregorianCalendar.YEAR);
        return LocalDate.of(
                era == GregorianCalendar.BC ? 1 - year : year,
                calendar.get(GregorianCalendar.MONTH) + 1,
                calendar.get(GregorianCalendar.DAY_OF_MONTH));
    }

    private static String sqlDate(java.sql.Date date) {
        if (date.getTime() == PGStatement.DATE_POSITIVE_INFINITY) {
            return "infinity";
        }
        if (date.getTime() == PGStatement.DATE_NEGATIVE_INFINITY) {
            return "-infinity";
        }
        return PgText.date(day(date));
    }

    private static String special(double value) {
        return Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    }

    private static String number(double value) {
        return Double.isNaN(value) || Double.isInfinite(value) ? special(value) : FloatText.of(value);
    }

    private static String number(float value) {
        return Float.isNaN(value) || Float.isInfinite(value) ? special(value) : FloatText.of(value);
    }

    private static String objectText(PGobject object) {
        if (object instanceof PGInterval interval) {
            return IntervalText.of(interval);
        }
        if (object instanceof PGpoint
                || object instanceof PGbox
                || object instanceof PGcircle
                || object instanceof PGline
                || object instanceof PGlseg
                || object instanceof PGpath
                || object instanceof PGpolygon) {
            return FloatText.replaceIn(object.getValue());
        }
        return object.getValue();
    }

    /** The driver's own reading of hstore, written again as hstore writes it: short keys first, then by their bytes. */
    private static String hstore(Map<?, ?> map) {
        var text = new StringJoiner(", ");
        map.entrySet().stream()
                .sorted(Comparator.comparing(
                        entry -> entry.getKey().toString().getBytes(StandardCharsets.UTF_8), HSTORE_ORDER))
                .forEach(entry -> text.add(quoted(entry.getKey()) + "=>"
                        + (entry.getValue() == null ? "NULL" : quoted(entry.getValue()))));
        return text.toString();
    }

    private static String quoted(Object text) {
        return '"' + text.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
