package localcdc.common.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.NanoTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request's body, which its client may send slowly or never to its end. For the one thread that handles the request. */
final class RequestBody {

    private static final Logger LOG = LoggerFactory.getLogger(RequestBody.class);
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long DISCARDED_BYTES = 32 << 20;

    private final Request request;
    private final Patience patience;

    RequestBody(Request request, Patience patience) {
        this.request = request;
        this.patience = patience;
    }

    /** All of it; 413 when it is longer than {@code maxBytes}, 408 when it does not come in time. */
    byte[] read(int maxBytes) throws IOException {
        if (request.getLength() > maxBytes) {
            throw tooLong(maxBytes);
        }
        patience.begin();
        try {
            return readUpTo(maxBytes);
        } catch (IOException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw late();
            }
            throw e;
        } finally {
            patience.end();
        }
    }

    // The stream is not closed: that would fail what of the body has not come yet, and with it the answer.
    private byte[] readUpTo(int maxBytes) throws IOException {
        var in = Content.Source.asInputStream(request);
        var body = new ByteArrayOutputStream();
        var buffer = new byte[BUFFER_BYTES];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            body.write(buffer, 0, read);
            if (body.size() > maxBytes) {
                throw tooLong(maxBytes);
            }
            if (isLate()) {
                throw late();
            }
        }
        return body.toByteArray();
    }

    private static HttpProblem tooLong(int maxBytes) {
        return new HttpProblem(413, "The request's body is longer than " + maxBytes + " bytes.");
    }

    private static HttpProblem late() {
        return new HttpProblem(408, "The request's body has not come in time.");
    }

    private boolean isLate() {
        return NanoTime.since(request.getBeginNanoTime()) > patience.request().toNanos();
    }

    /**
     * Reads what nobody has read of it, before the request is refused: a client that still writes when its connection is
     * closed does not see the answer, so it may write on for a while. One that waits to be told to go on ({@code Expect:
     * 100-continue}) is not told to.
     *
     * @return whether it has come to its end; else the connection has to be closed behind the answer
     */
    boolean discard() {
        if (request.getHeaders().contains(HttpHeader.EXPECT) || isLate() || !patience.tryBegin()) {
            return request.consumeAvailable();
        }
        try {
            return discardRest(Content.Source.asInputStream(request));
        } catch (IOException e) {
            LOG.debug("{} did not send its whole body: {}", Request.getRemoteAddr(request), e.getMessage(), e);
            return false;
        } finally {
            patience.end();
        }
    }

    private boolean discardRest(InputStream in) throws IOException {
        var buffer = new byte[BUFFER_BYTES];
        long left = DISCARDED_BYTES;
        while (left > 0 && !isLate()) {
            int read = in.read(buffer);
            if (read < 0) {
                return true;
            }
            left -= read;
        }
        return false;
    }
}
