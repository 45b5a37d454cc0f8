package localcdc.lab.demo;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A screen that is refreshed in place, on the terminal's second page, so that what stood there before comes back at the
 * end. Meanwhile the last log lines are shown at the bottom; warnings are printed once more when the terminal is given
 * back.
 */
final class Screen implements LiveView {

    private static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";
    private static final String LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_REST = "\u001b[J";

    private final PrintWriter out;
    private final List<String> addresses;
    private final LastLines log = new LastLines();
    private final ch.qos.logback.classic.Logger root;
    private final List<ch.qos.logback.core.Appender<ILoggingEvent>> others = new ArrayList<>();

    /** @param addresses what to try, ready to be printed */
    Screen(PrintWriter out, List<String> addresses) {
        this.out = out;
        this.addresses = List.copyOf(addresses);
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        this.root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.iteratorForAppenders().forEachRemaining(others::add);
        log.setContext(context);
        log.start();
        others.forEach(root::detachAppender);
        root.addAppender(log);
        out.print(ENTER);
        out.flush();
    }

    @Override
    public Duration interval() {
        return Duration.ofMillis(500);
    }

    @Override
    public void show(Facts facts) {
        var screen = new StringBuilder(HOME);
        for (var line : ScreenText.lines(facts, addresses, log.shown())) {
            screen.append(line.replace('\n', ' ')).append(CLEAR_LINE).append("\r\n");
        }
        out.print(screen.append(CLEAR_REST));
        out.flush();
    }

    @Override
    public void close() {
        out.print(LEAVE);
        out.flush();
        root.detachAppender(log);
        others.forEach(root::addAppender);
        log.warnings().forEach(root::callAppenders);
    }

    /** Keeps the last few log lines for the screen, and the last warnings. Any thread. */
    private static final class LastLines extends AppenderBase<ILoggingEvent> {

        private static final int SHOWN = 3;
        private static final int WARNINGS_KEPT = 50;

        private final ArrayDeque<ILoggingEvent> lines = new ArrayDeque<>();
        private final ArrayDeque<ILoggingEvent> warnings = new ArrayDeque<>();

        @Override
        protected synchronized void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            add(lines, event, SHOWN);
            if (event.getLevel().isGreaterOrEqual(ch.qos.logback.classic.Level.WARN)) {
                add(warnings, event, WARNINGS_KEPT);
            }
        }

        private static void add(ArrayDeque<ILoggingEvent> events, ILoggingEvent event, int most) {
            events.addLast(event);
            if (events.size() > most) {
                events.removeFirst();
            }
        }

        synchronized List<String> shown() {
            return lines.stream()
                    .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                    .toList();
        }

        synchronized List<ILoggingEvent> warnings() {
            return List.copyOf(warnings);
        }
    }
}
