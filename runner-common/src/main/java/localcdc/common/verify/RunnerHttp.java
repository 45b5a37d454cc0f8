package localcdc.common.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import localcdc.common.cli.HttpToken;
import localcdc.core.verify.UndecidedException;
import localcdc.core.verify.UndecidedException.Scope;

/**
 * Talks HTTP with one runner. Each single read has a timeout, however long an answer streams, which {@code
 * java.net.http} cannot promise. For any thread.
 */
final class RunnerHttp {

    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
    /** More than the runner waits for a marker. */
    private static final int READ_TIMEOUT_MILLIS = 60_000;

    private static final JsonMapper JSON = new JsonMapper();

    private final String base;

    RunnerHttp(URI base) {
        this.base = base.toString().replaceAll("/+$", "");
    }

    /** Where the runner is. */
    String address() {
        return base;
    }

    /** What came back: the status, and the body where it is an object. */
    record Answer(int status, JsonNode body) {

        String text(String field) {
            return body.path(field).asText("");
        }

        /** The runner's own sentence, or the status. */
        String error() {
            var sentence = text("error");
            return sentence.isEmpty() ? "HTTP status " + status + "." : sentence;
        }
    }

    /** Takes one line of a streamed answer. */
    @FunctionalInterface
    interface LineHandler {
        void line(String line) throws UndecidedException;
    }

    /** One small question and its small answer. */
    Answer ask(String method, String path, String body) throws UndecidedException {
        return ask(method, path, body, Optional.empty());
    }

    /** The same; with a token where there is one. */
    Answer ask(String method, String path, String body, Optional<HttpToken> token) throws UndecidedException {
        try {
            var connection = send(method, path, body, token);
            return answer(connection);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** A question whose answer has many lines; an answer that is not 200 is returned, else null. */
    Answer stream(String method, String path, String body, LineHandler handler) throws UndecidedException {
        HttpURLConnection connection;
        try {
            connection = send(method, path, body, Optional.empty());
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                return answer(connection);
            }
        } catch (IOException e) {
            throw broken(e);
        }
        boolean whole = false;
        try (var lines = new BufferedReader(
                new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8), 1 << 16)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                handler.line(line);
            }
            whole = true;
            return null;
        } catch (IOException e) {
            throw new UndecidedException(
                    Scope.CUT, "The runner at " + base + " broke off its answer.", "Look at the runner's log.", e);
        } finally {
            if (!whole) {
                connection.disconnect();
            }
        }
    }

    private HttpURLConnection send(String method, String path, String body, Optional<HttpToken> token)
            throws IOException {
        var connection = (HttpURLConnection) URI.create(base + path).toURL().openConnection();
        connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
        connection.setReadTimeout(READ_TIMEOUT_MILLIS);
        connection.setRequestMethod(method);
        connection.setInstanceFollowRedirects(false);
        token.ifPresent(secret -> connection.setRequestProperty("Authorization", secret.authorization()));
        if (body != null) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setFixedLengthStreamingMode(bytes.length);
            try (var out = connection.getOutputStream()) {
                out.write(bytes);
            }
        }
        return connection;
    }

    private static Answer answer(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
            return new Answer(status, json(bytes));
        }
    }

    /** The body where it is JSON; an object without fields where it is anything else, such as some other server's page. */
    private static JsonNode json(byte[] bytes) throws IOException {
        boolean object = bytes.length > 0 && bytes[0] == '{';
        return object ? JSON.readTree(bytes) : JSON.createObjectNode();
    }

    private UndecidedException broken(IOException e) {
        var problem = e instanceof SocketTimeoutException
                ? "The runner at " + base + " does not answer in time."
                : "No runner answers at " + base + ": " + e.getMessage() + ".";
        return new UndecidedException(Scope.ALL, problem, "Check --url: a runner logs its address when it starts.", e);
    }
}
