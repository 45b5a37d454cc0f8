package localcdc.common.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and its answer. For the one thread that handles it. */
public final class Exchange {

    static final ObjectMapper JSON = new ObjectMapper();

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long DISCARDED_BYTES = 32 << 20;

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Map<String, String> rawPath;
    private final Map<String, String> query;
    private boolean detached;

    Exchange(Request request, Response response, Callback callback, Map<String, String> rawPath) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.rawPath = rawPath;
        this.query = UrlText.query(request.getHttpURI().getQuery());
    }

    /** Writes a streamed answer. */
    @FunctionalInterface
    public interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /** The segment that stands for {@code {name}} in the route, decoded. */
    public String path(String name) {
        return UrlText.decode(rawPath.get(name));
    }

    /** The comma-separated values of the segment that stands for {@code {name}}, each decoded. */
    List<String> pathValues(String name) {
        return UrlText.commaSeparated(rawPath.get(name));
    }

    /** A query parameter, decoded. */
    public Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /** The values of a repeated query parameter, in their order and still encoded. */
    List<String> rawQuery(String name) {
        return UrlText.rawValues(request.getHttpURI().getQuery(), name);
    }

    /** A request header. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** The request's body; 413 when it is longer than {@code maxBytes}. */
    public byte[] body(int maxBytes) throws IOException {
        try (var in = Content.Source.asInputStream(request)) {
            if (request.getLength() <= maxBytes) {
                var body = in.readNBytes(maxBytes + 1);
                if (body.length <= maxBytes) {
                    return body;
                }
            }
            discardRest(in);
        }
        // A body without an end was not read to it, and the connection is closed then; a client that is not told sends
        // its next request there.
        setHeader("Connection", "close");
        throw new HttpProblem(413, "The request's body is longer than " + maxBytes + " bytes.");
    }

    /**
     * Reads what nobody has read of a request's body, before it is refused: a client that still writes when its connection
     * is closed does not see the answer, so it may write on for a while. One that waits to be told to go on
     * ({@code Expect: 100-continue}) is not told to.
     */
    static void discardBody(Request request) {
        if (request.getHeaders().contains(HttpHeader.EXPECT)) {
            return;
        }
        try (var in = Content.Source.asInputStream(request)) {
            discardRest(in);
        } catch (IOException e) {
            LOG.debug("{} did not send its whole body: {}", Request.getRemoteAddr(request), e.getMessage(), e);
        }
    }

    private static void discardRest(InputStream in) throws IOException {
        var buffer = new byte[BUFFER_BYTES];
        long left = DISCARDED_BYTES;
        int read = 0;
        while (left > 0 && read >= 0) {
            read = in.read(buffer);
            left -= read;
        }
    }

    /** The request's body as a JSON object; 400 when it is none. */
    public JsonNode jsonBody(int maxBytes) throws IOException {
        try {
            var tree = JSON.readTree(body(maxBytes));
            if (tree != null && tree.isObject()) {
                return tree;
            }
            throw new HttpProblem(400, "The request's body must be a JSON object.");
        } catch (JsonProcessingException e) {
            throw new HttpProblem(400, "The request's body is not JSON: " + e.getOriginalMessage());
        }
    }

    /** Sets a header of the answer; before the answer begins. */
    public void setHeader(String name, String value) {
        response.getHeaders().put(name, value);
    }

    /** Answers with {@code value} (maps, lists, records, texts, numbers) as JSON. */
    public void json(int status, Object value) throws IOException {
        writeJson(response, status, value);
    }

    /** What is JSON already, as a part of an answer of {@link #json}. */
    public static Object raw(String json) {
        return new RawValue(json);
    }

    static void writeJson(Response response, int status, Object value) throws IOException {
        write(response, status, "application/json", JSON.writeValueAsBytes(value));
    }

    /** Answers with a body that is there already. */
    public void bytes(int status, String contentType, byte[] body) throws IOException {
        write(response, status, contentType, body);
    }

    private static void write(Response response, int status, String contentType, byte[] body) throws IOException {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        Content.Sink.write(response, true, ByteBuffer.wrap(body));
    }

    /**
     * Answers 200 with a body that is written bit by bit. When {@code body} throws, the connection is broken, so that half
     * an answer is not taken for a whole one; an answer of which nothing was sent yet becomes an error's answer.
     */
    public void stream(String contentType, Body body) throws IOException {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        // Closed only when all is written: closing says that the answer is whole.
        var out = new BufferedOutputStream(Content.Sink.asOutputStream(response), BUFFER_BYTES);
        body.writeTo(out);
        out.close();
    }

    /** The connection is cut when nothing can be sent or received for so long. */
    void cutAfter(Duration stalled) {
        request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(stalled.toMillis());
    }

    boolean isHead() {
        return request.getMethod().equals("HEAD");
    }

    /** The answer goes on after the handler has returned; whoever calls this completes {@link #callback}. */
    void detach() {
        detached = true;
    }

    boolean isDetached() {
        return detached;
    }

    Response response() {
        return response;
    }

    Callback callback() {
        return callback;
    }
}
