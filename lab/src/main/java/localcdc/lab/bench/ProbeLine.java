package localcdc.lab.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/**
 * What a probe says to the process that has started it: one line of JSON on its stdout.
 *
 * @param event what has happened, such as {@code ready} or {@code result}
 * @param values its figures
 */
public record ProbeLine(String event, Map<String, Double> values) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** It has caught up, or does what it was ordered. */
    public static final String READY = "ready";
    /** What it has measured. */
    public static final String RESULT = "result";

    /** The line for this event. */
    String toJson() {
        try {
            return JSON.writeValueAsString(Map.of("event", event, "values", values));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of numbers is always JSON", e);
        }
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException when it is none of ours
     */
    static ProbeLine parse(String line) {
        try {
            var tree = JSON.readTree(line);
            var values = JSON.convertValue(tree.required("values"), new TypeReference<Map<String, Double>>() {});
            return new ProbeLine(tree.required("event").asText(), values);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IllegalArgumentException("a probe said: " + line, e);
        }
    }
}
