package localcdc.common.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * A log line for people: local time, level, the logger's short name, the message, its key/values. What our own code
 * throws comes with its stack, what a library throws as one line: a database that is away is no news for a stack trace.
 */
final class TextLayout extends LayoutBase<ILoggingEvent> {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    @Override
    public String doLayout(ILoggingEvent event) {
        var line = new StringBuilder(160);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        line.append(' ').append(event.getLevel());
        line.append(event.getLevel().toString().length() < 5 ? "  " : " ");
        var logger = event.getLoggerName();
        line.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append("  ");
        line.append(event.getFormattedMessage());
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs()
                    .forEach(pair ->
                            line.append(' ').append(pair.key).append('=').append(pair.value));
        }
        var thrown = event.getThrowableProxy();
        if (thrown != null && Logging.isOurs(logger)) {
            line.append(System.lineSeparator())
                    .append(ThrowableProxyUtil.asString(thrown).stripTrailing());
        } else if (thrown != null) {
            appendCauses(line, thrown);
        }
        return line.append(System.lineSeparator()).toString();
    }

    private static void appendCauses(StringBuilder line, IThrowableProxy thrown) {
        line.append(": ");
        for (var at = thrown; at != null; at = at.getCause()) {
            line.append(at == thrown ? "" : ", caused by ").append(at.getClassName());
            if (at.getMessage() != null) {
                line.append(": ").append(at.getMessage().replace('\n', ' '));
            }
        }
    }
}
