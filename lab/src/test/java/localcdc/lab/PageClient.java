package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Asks the lab's page what scripts ask it. Any thread. */
public final class PageClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** For servers to start, and maps to be compared. */
    private static final Duration LONG_PATIENCE = Duration.ofSeconds(90);

    private static final Duration A_LOOK = Duration.ofMillis(500);

    private final HttpClient client = HttpClient.newHttpClient();
    private final String url;

    /** @param url {@code http://HOST:PORT} */
    public PageClient(String url) {
        this.url = url;
    }

    /** An answer, whose body is JSON. */
    public record Answer(int status, JsonNode body) {

        /** Why it was refused. */
        public String error() {
            return body.path("error").asText();
        }
    }

    public JsonNode get(String path) {
        return send("GET", path, "").body();
    }

    public Answer post(String path, String body) {
        return send("POST", path, body);
    }

    public Answer put(String path, String body) {
        return send("PUT", path, body);
    }

    /** Asks for faults, such as {@code kafka stop}, without waiting in between, and then waits until the last of them was done. */
    public void cause(String... faults) {
        var before = get("/api/status").at("/faults/last/at").asText();
        for (var fault : faults) {
            var answer = post("/api/faults/" + fault.replace(' ', '/'), "");
            assertThat(answer.status()).as(fault).isEqualTo(202);
        }
        var last = faults[faults.length - 1];
        await(last).atMost(LONG_PATIENCE).until(() -> {
            var now = get("/api/status").at("/faults/last");
            return last.equals(
                            now.path("name").asText() + " " + now.path("action").asText())
                    && !before.equals(now.path("at").asText());
        });
    }

    /** Why the last fault did not work; empty where it did. */
    public String problem() {
        return get("/api/status").at("/faults/problem").asText();
    }

    /** What is stopped. */
    public List<String> stopped() {
        var names = new ArrayList<String>();
        get("/api/status").at("/faults/parts").forEach(part -> {
            if (part.path("stopped").asBoolean()) {
                names.add(part.path("name").asText());
            }
        });
        return names;
    }

    /** Waits until every map was compared with Postgres after the last fault, with more changes in it, and equals it; none is compared then. */
    public void awaitEqualAgain() {
        var last = Instant.parse(get("/api/status").at("/faults/last/at").asText());
        awaitMoreChanges();
        await().pollInterval(A_LOOK).atMost(LONG_PATIENCE).untilAsserted(() -> {
            var status = get("/api/status");
            if (!isEqualSince(status, last)) {
                post("/api/trust", "");
            }
            assertThat(isEqualSince(status, last)).as(status.toPrettyString()).isTrue();
            assertThat(status.path("paths"))
                    .noneMatch(path -> path.path("comparing").asBoolean());
            assertThat(status.path("ready").asBoolean()).isTrue();
        });
        assertThat(problem()).isEmpty();
        assertThat(stopped()).isEmpty();
    }

    private static boolean isEqualSince(JsonNode status, Instant moment) {
        for (var path : status.path("paths")) {
            if (!path.path("verdict").asText().equals("equal")
                    || !Instant.parse(path.path("verdictAt").asText()).isAfter(moment)) {
                return false;
            }
        }
        return !status.path("paths").isEmpty();
    }

    /** Waits until the workload has made more changes than by now. */
    public void awaitMoreChanges() {
        long now = made();
        await().atMost(LONG_PATIENCE).until(() -> made() > now);
    }

    /** How many changes the workload has made. */
    public long made() {
        return get("/api/workload").path("made").asLong();
    }

    private Answer send(String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(PATIENCE)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        try {
            var answer = client.send(request, BodyHandlers.ofString());
            return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path + " was not answered", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + path + " was asked for", e);
        }
    }
}
