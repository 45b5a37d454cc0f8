package localcdc.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Kafka Connect how its connectors are. Connect answers 200 for a connector whose task has failed, and a failed task
 * looks like silence to a consumer; so the state is read from the answer. For one thread.
 *
 * @see <a href="https://kafka.apache.org/documentation/#connect_rest">Connect's REST API</a>
 */
final class ConnectState {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectState.class);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int TRACE_CHARACTERS = 300;

    private final URI url;
    private final String topicPrefix;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    /**
     * What an answer has shown.
     *
     * @param connectors those that may feed the topics
     * @param problem why nothing can come from them, as a sentence's part, or null
     */
    record Seen(List<Map<String, Object>> connectors, String problem) {

        Map<String, Object> asMap() {
            var map = new LinkedHashMap<String, Object>();
            map.put("connectors", connectors);
            map.put("problem", problem);
            return map;
        }
    }

    /**
     * @param url Connect's address, {@code http://HOST:PORT}
     * @param topicPrefix the topics' prefix, or null: then every connector counts
     */
    ConnectState(URI url, String topicPrefix) {
        this.url = url;
        this.topicPrefix = topicPrefix;
    }

    /** Asks; an answer that does not come is a problem as well. */
    Seen look() throws InterruptedException {
        try {
            var request = HttpRequest.newBuilder(
                            URI.create(url.toString().replaceAll("/+$", "") + "/connectors?expand=status&expand=info"))
                    .timeout(PATIENCE)
                    .build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                return new Seen(List.of(), "Kafka Connect at " + url + " answers " + answer.statusCode());
            }
            return seen(json.readTree(answer.body()));
        } catch (IOException e) {
            LOG.debug("Connect did not answer", e);
            return new Seen(List.of(), "Kafka Connect at " + url + " does not answer: " + reason(e));
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private Seen seen(JsonNode answer) {
        var connectors = new ArrayList<Map<String, Object>>();
        String problem = null;
        for (var field : answer.properties()) {
            var prefix = field.getValue()
                    .path("info")
                    .path("config")
                    .path("topic.prefix")
                    .asText(null);
            if (topicPrefix != null && prefix != null && !prefix.equals(topicPrefix)) {
                continue;
            }
            var status = field.getValue().path("status");
            var state = status.path("connector").path("state").asText("UNKNOWN");
            var tasks = new ArrayList<String>();
            if (!state.equals("RUNNING")) {
                problem = "connector " + field.getKey() + " is " + state;
            }
            for (var task : status.path("tasks")) {
                var taskState = task.path("state").asText("UNKNOWN");
                tasks.add(taskState);
                if (!taskState.equals("RUNNING")) {
                    problem = "task " + task.path("id").asInt() + " of connector " + field.getKey() + " is " + taskState
                            + cause(task.path("trace").asText(""));
                }
            }
            if (status.path("tasks").isEmpty() && state.equals("RUNNING")) {
                problem = "connector " + field.getKey() + " has no task";
            }
            var one = new LinkedHashMap<String, Object>();
            one.put("name", field.getKey());
            one.put("state", state);
            one.put("tasks", tasks);
            connectors.add(one);
        }
        if (connectors.isEmpty()) {
            problem = "Kafka Connect at " + url + " has no connector"
                    + (topicPrefix == null ? "" : " with topic.prefix " + topicPrefix);
        }
        return new Seen(connectors, problem);
    }

    /** The last cause that a trace names says most. */
    private static String cause(String trace) {
        String last = "";
        for (var line : trace.split("\n", -1)) {
            if (line.startsWith("Caused by: ") || last.isEmpty()) {
                last = line.replaceFirst("^Caused by: ", "").strip();
            }
        }
        return last.isEmpty()
                ? ""
                : ": " + (last.length() > TRACE_CHARACTERS ? last.substring(0, TRACE_CHARACTERS) : last);
    }
}
