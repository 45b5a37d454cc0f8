package localcdc.common.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts clients that never come to the end of a request's head: one that sends a byte now and then is never idle, and would
 * keep one of the connections for ever. The server has no limit of its own for that. So this looks round now and then for
 * connections by which bytes have come since their last request was done, and no request.
 */
final class SlowHeads extends Handler.Wrapper {

    private static final Logger LOG = LoggerFactory.getLogger(SlowHeads.class);
    private static final int LOOKS = 4;

    private final ServerConnector connector;
    private final Duration limit;
    private final Map<Connection, Head> heads = new ConcurrentHashMap<>();
    private volatile Scheduler.Task next;

    /** The head that a connection waits for. */
    private static final class Head {
        private boolean answering;
        private long bytesBefore;
        private Long begunNanos;

        synchronized void answering() {
            answering = true;
        }

        synchronized void done(long bytes) {
            answering = false;
            bytesBefore = bytes;
            begunNanos = null;
        }

        synchronized boolean isLate(long bytes, Duration limit) {
            if (answering || bytes == bytesBefore) {
                return false;
            }
            if (begunNanos == null) {
                begunNanos = NanoTime.now();
            }
            return NanoTime.since(begunNanos) > limit.toNanos();
        }
    }

    /**
     * @param limit how long a head may take; a connection may have a half more
     * @param handler what answers
     */
    SlowHeads(ServerConnector connector, Duration limit, Handler handler) {
        super(handler);
        this.connector = connector;
        this.limit = limit;
        connector.addBean(new Connection.Listener() {
            @Override
            public void onOpened(Connection connection) {
                heads.put(connection, new Head());
            }

            @Override
            public void onClosed(Connection connection) {
                heads.remove(connection);
            }
        });
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        var connection = request.getConnectionMetaData().getConnection();
        var head = heads.get(connection);
        // None where the client has gone already.
        if (head != null) {
            head.answering();
            Request.addCompletionListener(request, failure -> head.done(connection.getBytesIn()));
        }
        return super.handle(request, response, callback);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        lookSoon();
    }

    private void lookSoon() {
        next = connector.getScheduler().schedule(this::look, limit.toMillis() / LOOKS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            heads.forEach((connection, head) -> {
                if (head.isLate(connection.getBytesIn(), limit)) {
                    LOG.debug(
                            "{} did not send its request's head in time",
                            connection.getEndPoint().getRemoteSocketAddress());
                    connection.getEndPoint().close();
                }
            });
        } finally {
            if (isRunning()) {
                lookSoon();
            }
        }
    }

    @Override
    protected void doStop() throws Exception {
        next.cancel();
        super.doStop();
    }
}
