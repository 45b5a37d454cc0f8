package localcdc.connect;

import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.spi.converter.CustomConverter.Converter;
import io.debezium.spi.converter.RelationalColumn;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import localcdc.core.value.ByteSink;
import localcdc.core.value.CanonicalJson;
import localcdc.core.value.MalformedValueException;
import localcdc.core.value.PgText;
import localcdc.core.value.PgType;
import localcdc.core.value.PgType.Kind;
import org.apache.kafka.connect.errors.DataException;

/** Converts the values of one column, whatever class they come in. Debezium calls it from one thread at a time. */
final class ColumnConverter implements Converter {

    private final String column;
    private final PgType type;
    private final Kind kind;
    private final String unsupported;
    private final DriverText driverText;
    private Object defaultValue;

    ColumnConverter(RelationalColumn column, PgType type) {
        this.column = column.dataCollection() + "." + column.name();
        this.type = type;
        this.kind = type.kind();
        this.unsupported = type.unsupportedReason().orElse(null);
        this.driverText = new DriverText(type);
        this.defaultValue = column.hasDefaultValue() ? column.defaultValue() : null;
    }

    /**
     * The value's JSON text.
     *
     * @throws DataException if it cannot be computed exactly; its cause says the same, since Debezium hands on only the cause
     */
    @Override
    public Object convert(Object value) {
        if (value == null) {
            return null;
        }
        if (defaultValue != null && isDefault(value)) {
            return null;
        }
        try {
            return json(value);
        } catch (MalformedValueException | IllegalArgumentException | IndexOutOfBoundsException e) {
            var message = "Column " + column + " of type " + type + " has a value that cannot be carried exactly: "
                    + e.getMessage();
            var cause = new MalformedValueException(message);
            cause.initCause(e);
            throw new DataException(message, cause);
        }
    }

    /**
     * Debezium converts a column's DEFAULT first, once and right after registration, in whatever form it has made of it by then. The
     * schema takes no default, so there is nothing to convert. Every later value is a row's, also if it is the same object.
     */
    private boolean isDefault(Object value) {
        var isDefault = value == defaultValue;
        defaultValue = null;
        return isDefault;
    }

    private String json(Object value) {
        if (unsupported != null && !isUnavailable(value)) {
            throw new MalformedValueException(unsupported);
        }
        if (value instanceof String text) {
            return ofText(text);
        }
        if (value instanceof Integer || value instanceof Long || value instanceof Short) {
            return kind == Kind.NUMBER ? value.toString() : ofText(value.toString());
        }
        if (value instanceof Instant instant && kind == Kind.TIMESTAMP && !DriverText.isInfinite(instant)) {
            return quoted(PgText.timestamp(LocalDateTime.ofInstant(instant, ZoneOffset.UTC), 'T', ""));
        }
        if (value instanceof OffsetDateTime time && kind == Kind.TIMESTAMPTZ && !DriverText.isInfinite(time)) {
            var utc = time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
            return quoted(PgText.timestamp(utc, 'T', "+00:00"));
        }
        // A value that cannot be told from another one is as good as one that did not come: it is read again.
        if (isUnavailable(value) || (value instanceof java.sql.Date date && DriverText.isAmbiguous(date))) {
            return CanonicalConverter.UNAVAILABLE;
        }
        return ofText(driverText.of(value));
    }

    private static boolean isUnavailable(Object value) {
        return value.getClass() == Object.class
                && UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value);
    }

    private String ofText(String text) {
        if (kind == Kind.TEXT && isPlain(text)) {
            return quoted(text);
        }
        var utf8 = text.getBytes(StandardCharsets.UTF_8);
        var json = new ByteSink(utf8.length + 16);
        CanonicalJson.append(type, utf8, 0, utf8.length, json);
        return json.toString();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    private static String quoted(String plain) {
        return '"' + plain + '"';
    }
}
