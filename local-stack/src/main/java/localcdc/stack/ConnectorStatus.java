package localcdc.stack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a connector and its tasks are, as the worker last wrote it down.
 *
 * @param connector the connector's own state, such as RUNNING
 * @param tasks the state of each task
 * @param traces the stack traces of what has failed
 */
public record ConnectorStatus(String connector, List<String> tasks, List<String> traces) {
    private static final String RUNNING = "RUNNING";
    private static final String FAILED = "FAILED";
    private static final int REASONS = 3;
    private static final String CAUSE = "Caused by: ";

    public ConnectorStatus {
        tasks = List.copyOf(tasks);
        traces = List.copyOf(traces);
    }

    static ConnectorStatus of(JsonNode answer) {
        List<String> tasks = new ArrayList<>();
        List<String> traces = new ArrayList<>();
        addTrace(answer.path("connector"), traces);
        for (JsonNode task : answer.path("tasks")) {
            tasks.add(task.path("state").asText());
            addTrace(task, traces);
        }
        return new ConnectorStatus(answer.path("connector").path("state").asText(), tasks, traces);
    }

    private static void addTrace(JsonNode part, List<String> traces) {
        String trace = part.path("trace").asText("");
        if (!trace.isEmpty()) {
            traces.add(trace);
        }
    }

    /** Whether the connector and at least one task run, and all tasks do: the connector alone says nothing. */
    public boolean isRunning() {
        return connector.equals(RUNNING) && !tasks.isEmpty() && tasks.stream().allMatch(RUNNING::equals);
    }

    /** Whether the connector or a task has ended in an error. */
    public boolean hasFailed() {
        return connector.equals(FAILED) || tasks.contains(FAILED);
    }

    /** Why it has failed, in a few lines: the head of the stack trace, and what caused it. */
    public String reason() {
        return traces.stream()
                .flatMap(ConnectorStatus::heads)
                .distinct()
                .limit(REASONS)
                .collect(Collectors.joining("\n"));
    }

    private static Stream<String> heads(String trace) {
        List<String> lines = trace.lines().map(String::strip).toList();
        return Stream.concat(
                        lines.stream().limit(1),
                        lines.stream()
                                .filter(line -> line.startsWith(CAUSE))
                                .map(line -> line.substring(CAUSE.length())))
                .filter(line -> !line.isEmpty());
    }
}
