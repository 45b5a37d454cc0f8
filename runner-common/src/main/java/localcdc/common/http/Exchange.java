package localcdc.common.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.BufferedOutputStream;
import java.io.IOException;
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

/** One request and its answer. For the one thread that handles it. */
public final class Exchange {

    static final ObjectMapper JSON = new ObjectMapper();

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int IGNORED_BODY_BYTES = 1024;

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Patience patience;
    private final Map<String, String> rawPath;
    private final Map<String, String> query;
    private boolean detached;

    Exchange(Request request, Response response, Callback callback, Map<String, String> rawPath, Patience patience) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.rawPath = rawPath;
        this.patience = patience;
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

    /**
     * A query parameter that is a number.
     *
     * @throws HttpProblem 400 when it is none, or one beyond these bounds
     */
    Optional<Integer> number(String name, int lowest, int highest) {
        return query(name)
                .map(text -> parsed(text, lowest, highest).orElseThrow(() -> wrongNumber(name, text, lowest, highest)));
    }

    /** The same, but that a higher one counts as {@code highest}. */
    Optional<Integer> numberUpTo(String name, int lowest, int highest) {
        return query(name).map(text -> parsed(text, lowest, Integer.MAX_VALUE)
                .map(number -> Math.min(number, highest))
                .orElseThrow(() -> wrongNumber(name, text, lowest, highest)));
    }

    private static Optional<Integer> parsed(String text, int lowest, int highest) {
        try {
            int number = Integer.parseInt(text);
            return number < lowest || number > highest ? Optional.empty() : Optional.of(number);
        } catch (NumberFormatException noNumber) {
            return Optional.empty();
        }
    }

    private static HttpProblem wrongNumber(String name, String text, int lowest, int highest) {
        return new HttpProblem(
                400, name + " is '" + text + "'; it must be a number from " + lowest + " to " + highest + ".");
    }

    /** The values of a repeated query parameter, in their order and still encoded. */
    List<String> rawQuery(String name) {
        return UrlText.rawValues(request.getHttpURI().getQuery(), name);
    }

    /** A request header. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** The request's body; 413 when it is longer than {@code maxBytes}, 408 when it does not come in time. */
    public byte[] body(int maxBytes) throws IOException {
        return new RequestBody(request, patience).read(maxBytes);
    }

    /** Reads the body of a request that needs none; 413 when it is a long one. */
    void ignoreBody() throws IOException {
        body(IGNORED_BODY_BYTES);
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
        bytes(status, "application/json", JSON.writeValueAsBytes(value));
    }

    /** What is JSON already, as a part of an answer of {@link #json}. */
    public static Object raw(String json) {
        return new RawValue(json);
    }

    /** Answers with a body that is there already. */
    public void bytes(int status, String contentType, byte[] body) {
        detach();
        send(response, status, contentType, body, callback);
    }

    /** Sends a whole answer, and does not wait for its client to read it. */
    static void send(Response response, int status, String contentType, byte[] body, Callback callback) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    /**
     * Answers 200 with a body that is written bit by bit. When {@code body} throws, the connection is broken, so that half
     * an answer is not taken for a whole one; an answer of which nothing was sent yet becomes an error's answer, as 503
     * where too many others wait for their clients.
     */
    public void stream(String contentType, Body body) throws IOException {
        patience.begin();
        try {
            write(contentType, body);
        } finally {
            patience.end();
        }
    }

    private void write(String contentType, Body body) throws IOException {
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
