package localcdc.common.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.LogManager;
import localcdc.common.cli.LogLevel;
import localcdc.common.cli.TextFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where log lines go: to stderr, as text until {@link #configure} says otherwise. Logback finds this class by its
 * service file, so that a line logged before that is not printed to stdout either.
 */
public final class Logging extends ContextAwareBase implements Configurator {

    private static final String OURS = "localcdc";
    private static final List<String> TOLD_BY_US = List.of(
            "io.debezium.pipeline.ErrorHandler",
            "io.debezium.embedded.async.AsyncEmbeddedEngine",
            "io.debezium.jdbc.JdbcConnection",
            "io.debezium.connector.postgresql.connection.AbstractColumnValue",
            "org.apache.kafka.clients.NetworkClient",
            "org.apache.kafka.clients.Metadata",
            "org.apache.kafka.common.network.Selector",
            "org.apache.kafka.common.network.SslTransportLayer");

    /** Sets the form of log lines and how much our own code logs. Libraries log warnings and errors. */
    public static void configure(TextFormat format, LogLevel level) {
        apply((LoggerContext) LoggerFactory.getILoggerFactory(), format, level);
    }

    static boolean isOurs(String logger) {
        return logger.startsWith(OURS + ".");
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        apply(context, TextFormat.TEXT, LogLevel.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static void apply(LoggerContext context, TextFormat format, LogLevel level) {
        var layout = format == TextFormat.JSON ? new JsonLayout() : new TextLayout();
        layout.setContext(context);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        var stderr = new ConsoleAppender<ILoggingEvent>();
        stderr.setContext(context);
        stderr.setName("stderr");
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder);
        stderr.start();

        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(stderr);
        root.setLevel(Level.WARN);
        context.getLogger(OURS).setLevel(Level.toLevel(level.name()));
        boolean detailed = level == LogLevel.DEBUG || level == LogLevel.TRACE;
        // Its warnings are about topics and defaults that no path of ours has or uses.
        context.getLogger("io.debezium").setLevel(detailed ? Level.WARN : Level.ERROR);
        // It warns once per connector that a metric has no value yet.
        context.getLogger("io.debezium.metrics.stats.MeasurementCollector").setLevel(Level.ERROR);
        // A broker that is away is told by us, once; the client tells every attempt to reach it.
        context.getLogger("org.apache.kafka").setLevel(detailed ? Level.WARN : Level.ERROR);
        // What ends or interrupts the engine or the clients is told by us, with what follows from it.
        for (var told : TOLD_BY_US) {
            context.getLogger(told).setLevel(detailed ? Level.WARN : Level.OFF);
        }
        // pgjdbc logs through java.util.logging, whose own handler would print its lines in a form of its own.
        LogManager.getLogManager().reset();
    }
}
