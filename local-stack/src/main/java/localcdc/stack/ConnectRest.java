package localcdc.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The requests to a worker's REST interface, each sent once. Safe for any thread. */
final class ConnectRest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** The worker itself waits up to 90 s, for the connector's own check of its configuration among others. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(95);

    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(2);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final Supplier<String> url;

    ConnectRest(Supplier<String> url) {
        this.url = url;
    }

    /** What came back. */
    record Answer(int code, JsonNode body) {
        boolean succeeded() {
            return code / 100 == 2;
        }

        /** Nothing is wrong with the request; the worker is joining its group, or moving tasks. */
        boolean isPassing() {
            return code == 409 || code == 503;
        }

        /** What the worker says about an error. */
        String message() {
            return body.path("message").asText("HTTP status " + code);
        }
    }

    boolean isHealthy() {
        try {
            return send(HttpRequest.newBuilder(URI.create(url.get() + "/health"))
                            .timeout(HEALTH_TIMEOUT)
                            .GET())
                    .succeeded();
        } catch (IOException notYet) {
            return false;
        }
    }

    Answer putConfig(String connector, Map<String, String> config) throws IOException {
        return request("PUT", connector, "/config", BodyPublishers.ofString(JSON.writeValueAsString(config)));
    }

    /**
     * What the connector itself has to say against this configuration. The answer to {@link #putConfig} should say it, too,
     * but Kafka 4.3 fails to write it where the connector knows settings that it does not check.
     */
    List<String> objections(Map<String, String> config) throws IOException {
        String plugin = config.get("connector.class").replaceFirst(".*\\.", "");
        Answer answer = send(HttpRequest.newBuilder(
                        URI.create(url.get() + "/connector-plugins/" + encoded(plugin) + "/config/validate"))
                .timeout(ANSWER_TIMEOUT)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(JSON.writeValueAsString(config))));
        List<String> objections = new ArrayList<>();
        for (JsonNode setting : answer.body().path("configs")) {
            JsonNode value = setting.path("value");
            value.path("errors")
                    .forEach(error -> objections.add(value.path("name").asText() + ": " + error.asText()));
        }
        return objections;
    }

    Answer status(String connector) throws IOException {
        return request("GET", connector, "/status", BodyPublishers.noBody());
    }

    Answer stop(String connector) throws IOException {
        return request("PUT", connector, "/stop", BodyPublishers.noBody());
    }

    Answer restartFailed(String connector) throws IOException {
        return request("POST", connector, "/restart?includeTasks=true&onlyFailed=true", BodyPublishers.noBody());
    }

    Answer restartTask(String connector, int task) throws IOException {
        return request("POST", connector, "/tasks/" + task + "/restart", BodyPublishers.noBody());
    }

    Answer deleteOffsets(String connector) throws IOException {
        return request("DELETE", connector, "/offsets", BodyPublishers.noBody());
    }

    Answer delete(String connector) throws IOException {
        return request("DELETE", connector, "", BodyPublishers.noBody());
    }

    private Answer request(String method, String connector, String path, BodyPublisher body) throws IOException {
        return send(HttpRequest.newBuilder(URI.create(url.get() + "/connectors/" + encoded(connector) + path))
                .timeout(ANSWER_TIMEOUT)
                .header("Content-Type", "application/json")
                .method(method, body));
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Answer send(HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), parsed(response.body()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StackException("Interrupted while Kafka Connect was asked.", "Start again.", interrupted);
        }
    }

    private static JsonNode parsed(byte[] body) throws IOException {
        return body.length == 0 ? MissingNode.getInstance() : JSON.readTree(body);
    }
}
