package localcdc.common.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Predicate;
import localcdc.common.http.RecentChanges.Change;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;
import localcdc.core.pipeline.Pipeline;

/** The latest changes, of all tables or of one row, the newest first. */
final class ChangeEndpoints {

    private static final int DEFAULT_LIMIT = 100;

    private final Pipeline pipeline;
    private final TableEndpoints tables;
    private final RecentChanges recent;

    ChangeEndpoints(Pipeline pipeline, TableEndpoints tables, RecentChanges recent) {
        this.pipeline = pipeline;
        this.tables = tables;
        this.recent = recent;
    }

    /** {@code GET /api/changes?table=T&op=O&text=T&limit=N}; {@code op} may be repeated. */
    void latest(Exchange exchange) throws IOException {
        Predicate<Change> wanted = change -> true;
        var name = exchange.query("table");
        if (name.isPresent()) {
            var table = TableEndpoints.table(pipeline, name.get());
            wanted = wanted.and(change -> change.event().table().equals(table));
        }
        var operations = EnumSet.noneOf(Operation.class);
        exchange.rawQuery("op").forEach(label -> operations.add(operation(label)));
        if (!operations.isEmpty()) {
            wanted = wanted.and(change -> operations.contains(change.event().operation()));
        }
        var text = exchange.query("text").filter(given -> !given.isEmpty()).map(TextFilter::new);
        if (text.isPresent()) {
            wanted = wanted.and(change -> isIn(change, text.get()));
        }
        write(exchange, wanted);
    }

    private static Operation operation(String label) {
        for (var operation : Operation.values()) {
            if (operation.label().equals(label)) {
                return operation;
            }
        }
        throw new HttpProblem(400, "op is '" + label + "'; it must be create, update, delete, truncate or read.");
    }

    private static boolean isIn(Change change, TextFilter text) {
        return (change.before() != null && text.isIn(change.before().row()))
                || (change.after() != null && text.isIn(change.after().row()));
    }

    /** {@code GET /api/tables/{table}/rows/{key}/changes?limit=N}. */
    void ofRow(Exchange exchange) throws IOException {
        var table = TableEndpoints.table(pipeline, exchange.path("table"));
        var key = tables.knownKey(table, exchange.pathValues("key"));
        write(exchange, change -> concerns(change, table, key));
    }

    private static boolean concerns(Change change, TableId table, PrimaryKey key) {
        var event = change.event();
        return event.table().equals(table)
                && (event.operation() == Operation.TRUNCATE
                        || key.equals(event.key())
                        || key.equals(event.previousKey()));
    }

    private void write(Exchange exchange, Predicate<Change> wanted) throws IOException {
        int limit = exchange.query("limit").map(TableEndpoints::limit).orElse(DEFAULT_LIMIT);
        long upTo = recent.written();
        var chosen = new ArrayList<Change>();
        long oldest = upTo;
        for (long number = upTo - 1; number >= 0 && chosen.size() < limit; number--) {
            var change = recent.get(number);
            if (change == null) {
                break;
            }
            oldest = number;
            if (wanted.test(change)) {
                chosen.add(change);
            }
        }
        stream(exchange, chosen, upTo, upTo - oldest);
    }

    private static void stream(Exchange exchange, List<Change> changes, long total, long searched) throws IOException {
        exchange.stream("application/json", out -> {
            out.write("{\"changes\":[".getBytes(StandardCharsets.US_ASCII));
            boolean first = true;
            for (var change : changes) {
                if (!first) {
                    out.write(',');
                }
                first = false;
                LiveEvents.writeJson(out, change.event(), change.before(), change.after());
            }
            out.write(("],\"searched\":" + searched + ",\"total\":" + total + "}").getBytes(StandardCharsets.US_ASCII));
        });
    }
}
