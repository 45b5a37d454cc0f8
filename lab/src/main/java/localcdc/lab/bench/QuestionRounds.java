package localcdc.lab.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * P12: a runner that holds a large table is asked for what its page asks for, and as there for its status before all else: the
 * first answer of all pays for the code that no request has used yet.
 */
final class QuestionRounds {

    /** The names of the questions, of which each has values {@code first}, {@code p50}, {@code p99} and {@code max}, in ms. */
    static final String STATUS = "status";

    static final String FIRST_PAGE = "first page";
    static final String NEXT_PAGE = "next page";
    static final String KEY = "key";
    static final String TEXT = "text";

    /** As many entries as the page shows at once. */
    private static final int PAGE = 50;

    private static final int TIMES = 200;
    /** A text is looked for in every row. */
    private static final int TEXT_TIMES = 20;

    private static final int SCATTER = 7919;
    private static final String TABLE = "/api/tables/" + BenchTable.ID;
    private static final Logger LOG = LoggerFactory.getLogger(QuestionRounds.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BenchServer server;
    private final BenchSettings settings;
    private final int rows;

    /** @param rows how many rows the table holds */
    QuestionRounds(BenchServer server, BenchSettings settings, int rows) {
        this.server = server;
        this.settings = settings;
        this.rows = rows;
    }

    /** One round. */
    List<Measurement> run(int round) throws IOException, InterruptedException {
        var values = new TreeMap<String, Double>();
        try (var probe = ProbeProcess.start(server.settings(), settings.jvmOptions(), Variant.MAP_ASKED, Map.of())) {
            int port = probe.await(ProbeLine.READY).get("port").intValue();
            ask(new RunnerClient("http://127.0.0.1:" + port + "/"), values);
            probe.order("end");
            values.putAll(probe.await(ProbeLine.RESULT));
        }
        LOG.info("round {}: {}", round, values);
        return List.of(new Measurement(round, Variant.MAP_ASKED, values));
    }

    private void ask(RunnerClient runner, Map<String, Double> values) throws IOException, InterruptedException {
        var status = new Times(runner);
        var pages = new Times(runner);
        var further = new Times(runner);
        var keys = new Times(runner);
        for (int i = 0; i < TIMES; i++) {
            var state = status.ask("/api/status");
            require(state.path("ready").asBoolean(), "ready", state);
            var first = pages.ask(TABLE + "?limit=" + PAGE);
            require(first.path("entries").size() == PAGE, "a page of " + PAGE, first);
            var cursor = URLEncoder.encode(first.path("next").asText(), StandardCharsets.UTF_8);
            var next = further.ask(TABLE + "?limit=" + PAGE + "&after=" + cursor);
            require(next.path("entries").size() == PAGE && !next.equals(first), "another page of " + PAGE, next);
            int id = id(i);
            var row = keys.ask(TABLE + "/rows/" + id);
            require(row.at("/row/id").asInt() == id, "the row " + id, row);
        }
        var texts = new Times(runner);
        for (int i = 0; i < TEXT_TIMES; i++) {
            int id = id(i);
            var found = texts.ask(TABLE + "?limit=" + PAGE + "&text=customer" + id + "@");
            boolean right = found.path("entries").size() == 1
                    && found.at("/entries/0/row/id").asInt() == id;
            require(right, "only the row " + id, found);
        }
        status.addTo(values, STATUS);
        pages.addTo(values, FIRST_PAGE);
        further.addTo(values, NEXT_PAGE);
        keys.addTo(values, KEY);
        texts.addTo(values, TEXT);
    }

    private int id(int number) {
        return 1 + (int) ((long) number * SCATTER % rows);
    }

    private static void require(boolean right, String wanted, JsonNode answer) throws IOException {
        if (!right) {
            throw new IOException("not " + wanted + ": " + answer);
        }
    }

    /** How long the answers to one kind of question took, from the request to the last byte. */
    private static final class Times {

        private final RunnerClient runner;
        private final List<Double> millis = new ArrayList<>();

        Times(RunnerClient runner) {
            this.runner = runner;
        }

        JsonNode ask(String path) throws IOException, InterruptedException {
            long began = System.nanoTime();
            var answer = runner.get(path, HttpResponse.BodyHandlers.ofByteArray());
            millis.add((System.nanoTime() - began) / 1e6);
            return JSON.readTree(answer);
        }

        void addTo(Map<String, Double> values, String name) {
            values.put(name + ".first", millis.get(0));
            values.put(name + ".p50", Statistics.median(millis));
            values.put(name + ".p99", Statistics.percentile(millis, 0.99));
            values.put(name + ".max", Statistics.percentile(millis, 1));
        }
    }
}
