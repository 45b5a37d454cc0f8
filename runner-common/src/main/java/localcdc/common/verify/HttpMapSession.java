package localcdc.common.verify;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import localcdc.common.verify.RunnerHttp.Answer;
import localcdc.core.event.JsonText;
import localcdc.core.event.TableId;
import localcdc.core.verify.JsonFields;
import localcdc.core.verify.MapAnswer;
import localcdc.core.verify.MapCount;
import localcdc.core.verify.MapSession;
import localcdc.core.verify.MapTable;
import localcdc.core.verify.UndecidedException;
import localcdc.core.verify.UndecidedException.Scope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One session of {@link localcdc.common.http.VerifyEndpoint}'s protocol, from the client's side. For one thread. */
final class HttpMapSession implements MapSession {

    private static final Logger LOG = LoggerFactory.getLogger(HttpMapSession.class);

    private final RunnerHttp http;
    private final String path;
    private final String marker;
    private final List<MapTable> tables;
    private final List<TableId> leftOutTables;
    private final Duration patience;

    HttpMapSession(
            RunnerHttp http,
            String path,
            String marker,
            List<MapTable> tables,
            List<TableId> leftOutTables,
            Duration patience) {
        this.http = http;
        this.path = path;
        this.marker = marker;
        this.tables = List.copyOf(tables);
        this.leftOutTables = List.copyOf(leftOutTables);
        this.patience = patience;
    }

    @Override
    public String marker() {
        return marker;
    }

    @Override
    public List<MapTable> tables() {
        return tables;
    }

    @Override
    public List<TableId> leftOutTables() {
        return leftOutTables;
    }

    @Override
    public void cut(String snapshot, String content) throws UndecidedException {
        var body =
                "{\"snapshot\":" + JsonText.quotedText(snapshot) + ",\"marker\":" + JsonText.quotedText(content) + "}";
        long deadline = System.nanoTime() + patience.toNanos();
        var answer = http.ask("POST", path + "/cut", body);
        // Each request waits for as long as the runner cares to; asking again goes on waiting.
        while (answer.status() == 504 && System.nanoTime() < deadline) {
            answer = http.ask("POST", path + "/cut", body);
        }
        if (answer.status() == 504) {
            throw new UndecidedException(
                    Scope.CUT,
                    "What was just written to Postgres does not reach the runner: it is at " + answer.text("position")
                            + ", state " + answer.text("state") + ".",
                    "Check that --pg-host and --pg-database name the database that the runner reads, look at the runner's"
                            + " log, or give a larger --timeout.");
        }
        check(answer, null);
    }

    @Override
    public void rows(TableId table, List<String> keys, AnswerHandler answers) throws UndecidedException {
        var lines = new AtomicInteger();
        var refused = http.stream("POST", path + "/rows?table=" + encoded(table), String.join("\n", keys), line -> {
            int index = lines.getAndIncrement();
            if (index < keys.size()) {
                answers.answer(index, answer(line));
            }
        });
        check(refused, table);
        if (lines.get() != keys.size()) {
            throw new UndecidedException(
                    Scope.ALL,
                    "The runner at " + http.address() + " gave " + lines + " answers to " + keys.size() + " questions.",
                    "Check that runner and verify are of one version.");
        }
    }

    private static MapAnswer answer(String line) throws UndecidedException {
        var fields = JsonFields.ofObject(line);
        var kind = JsonFields.plain(fields.getOrDefault("s", "null"));
        return switch (kind) {
            case "row" ->
                MapAnswer.row(
                        fields.get("row"),
                        JsonFields.ofArray(fields.getOrDefault("unavailable", "[]")).stream()
                                .map(JsonFields::plain)
                                .toList());
            case "absent" -> MapAnswer.ABSENT;
            case "undecided" -> MapAnswer.UNDECIDED;
            default ->
                throw new UndecidedException(
                        Scope.ALL,
                        "The runner answered '" + kind + "', which is none of row, absent and undecided.",
                        "Check that runner and verify are of one version.");
        };
    }

    @Override
    public MapCount count(TableId table) throws UndecidedException {
        var answer = http.ask("GET", path + "/count?table=" + encoded(table), null);
        check(answer, table);
        return new MapCount(
                answer.body().path("visible").asLong(),
                answer.body().path("undecided").asLong());
    }

    @Override
    public void keys(TableId table, KeyHandler handler) throws UndecidedException {
        check(http.stream("GET", path + "/keys?table=" + encoded(table), null, handler::key), table);
    }

    private static String encoded(TableId table) {
        return URLEncoder.encode(table.pathForm(), StandardCharsets.UTF_8);
    }

    /** Refuses every answer that is not 200; null counts as 200. */
    private void check(Answer answer, TableId table) throws UndecidedException {
        if (answer == null || answer.status() == 200) {
            return;
        }
        throw switch (answer.status()) {
            case 409, 410 -> new UndecidedException(Scope.CUT, answer.error(), "Verify again at a quieter moment.");
            case 400, 404 ->
                new UndecidedException(
                        table == null ? Scope.ALL : Scope.TABLE, answer.error(), "Look at the runner's log.");
            default ->
                new UndecidedException(
                        Scope.ALL,
                        "The runner at " + http.address() + " refused a question: " + answer.error(),
                        "Check that runner and verify are of one version, and look at the runner's log.");
        };
    }

    @Override
    public void close() {
        try {
            http.ask("DELETE", path, null);
        } catch (UndecidedException e) {
            // The runner ends forgotten sessions by itself.
            LOG.debug("the session was not ended", e);
        }
    }
}
