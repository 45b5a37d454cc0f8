package localcdc.common.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/**
 * A log line for programs, one JSON object each: {@code ts} (UTC, milliseconds), {@code level}, {@code logger}, {@code
 * thread}, {@code message}, {@code data} (the key/values, where there are any), {@code error} ({@code type}, {@code
 * message}, {@code stack}, where something was thrown).
 */
final class JsonLayout extends LayoutBase<ILoggingEvent> {

    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    @Override
    public String doLayout(ILoggingEvent event) {
        var line = new StringWriter(256);
        try (var json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("ts", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())));
            json.writeStringField("level", event.getLevel().toString());
            json.writeStringField("logger", event.getLoggerName());
            json.writeStringField("thread", event.getThreadName());
            json.writeStringField("message", event.getFormattedMessage());
            writeData(json, event);
            writeError(json, event);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return line.append('\n').toString();
    }

    private static void writeData(JsonGenerator json, ILoggingEvent event) throws IOException {
        if (event.getKeyValuePairs() == null || event.getKeyValuePairs().isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("data");
        for (var pair : event.getKeyValuePairs()) {
            json.writeFieldName(String.valueOf(pair.key));
            writeValue(json, pair.value);
        }
        json.writeEndObject();
    }

    /** JSON has no number for what is not finite: that is a text, as all else. */
    private static void writeValue(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Long || value instanceof Integer) {
            json.writeNumber(((Number) value).longValue());
        } else if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isFinite(number)) {
                json.writeNumber(number);
            } else {
                json.writeString(value.toString());
            }
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value == null) {
            json.writeNull();
        } else {
            json.writeString(value.toString());
        }
    }

    private static void writeError(JsonGenerator json, ILoggingEvent event) throws IOException {
        var thrown = event.getThrowableProxy();
        if (thrown == null) {
            return;
        }
        json.writeObjectFieldStart("error");
        json.writeStringField("type", thrown.getClassName());
        json.writeStringField("message", thrown.getMessage());
        json.writeStringField("stack", ThrowableProxyUtil.asString(thrown));
        json.writeEndObject();
    }
}
