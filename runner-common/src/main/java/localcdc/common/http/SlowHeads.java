package localcdc.common.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts clients that never come to the end of a request's head: one that sends a byte now and then is never idle, and would
 * keep one of the connections for ever. The server has no limit of its own for that, so its parser is asked.
 */
final class SlowHeads extends AbstractLifeCycle {

    private static final Logger LOG = LoggerFactory.getLogger(SlowHeads.class);
    private static final int LOOKS = 4;

    private final ServerConnector connector;
    private final Duration limit;
    private volatile Scheduler.Task next;

    /** @param limit how long a head may take; a connection may have a quarter more */
    SlowHeads(ServerConnector connector, Duration limit) {
        this.connector = connector;
        this.limit = limit;
    }

    @Override
    protected void doStart() {
        next = connector.getScheduler().schedule(this::look, limit.toMillis() / LOOKS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        for (var endPoint : connector.getConnectedEndPoints()) {
            if (isLate(endPoint)) {
                LOG.debug("{} did not send its request's head in time", endPoint.getRemoteSocketAddress());
                endPoint.close();
            }
        }
        if (isRunning()) {
            doStart();
        }
    }

    private boolean isLate(EndPoint endPoint) {
        if (!(endPoint.getConnection() instanceof HttpConnection connection)) {
            return false;
        }
        var parser = connection.getParser();
        return parser.inHeaderState()
                && !parser.isIdle()
                && NanoTime.since(parser.getBeginNanoTime()) > limit.toNanos();
    }

    @Override
    protected void doStop() {
        next.cancel();
    }
}
