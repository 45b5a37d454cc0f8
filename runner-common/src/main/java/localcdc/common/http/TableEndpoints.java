package localcdc.common.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import localcdc.core.event.Lsn;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;
import localcdc.core.index.LatestState;
import localcdc.core.index.RowId;
import localcdc.core.index.StaleViewException;
import localcdc.core.pipeline.Pipeline;

/** A table's entries: a page, one row, or all of them at one point in time. */
final class TableEndpoints {

    static final int DUMPS_AT_ONCE = 4;
    /** A search may look at every row of a table. */
    private static final int SEARCHES_AT_ONCE = 2;

    private static final int DEFAULT_LIMIT = 100;
    private static final int HIGHEST_LIMIT = 10_000;
    private static final int HIGHEST_ROWS = 1000;
    private static final int DUMP_ATTEMPTS = 3;

    private final Pipeline pipeline;
    private final KeyParser keys;
    private final Supplier<Map<String, ?>> missingRowFields;
    private final Duration stalled;
    private final AtOnce dumps = new AtOnce(DUMPS_AT_ONCE, "dumps");
    private final AtOnce searches = new AtOnce(SEARCHES_AT_ONCE, "searches for a text");

    TableEndpoints(Pipeline pipeline, KeyParser keys, Supplier<Map<String, ?>> missingRowFields, Duration stalled) {
        this.pipeline = pipeline;
        this.keys = keys;
        this.missingRowFields = missingRowFields;
        this.stalled = stalled;
    }

    /** The table that a request names; 400 when the name has the wrong form, 404 when the map holds no such table. */
    static TableId table(Pipeline pipeline, String name) {
        try {
            var table = TableId.parse(name);
            if (pipeline.reader().table(table).isPresent()) {
                return table;
            }
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, "The table must be given as schema.table: " + e.getMessage() + ".");
        }
        var held = pipeline.reader().tables().stream()
                .map(stats -> stats.table().toString())
                .toList();
        if (held.isEmpty() && !pipeline.isReady() && !pipeline.state().isEnd()) {
            throw new HttpProblem(
                    503,
                    "The map holds no table yet: it is in state " + pipeline.state() + ".",
                    Map.of("state", pipeline.state().name()));
        }
        throw new HttpProblem(404, "The map holds no table '" + name + "'.", Map.of("tables", held));
    }

    /** {@code GET /api/tables/{table}?limit=N&after=CURSOR&text=T}. */
    void page(Exchange exchange) throws IOException {
        var table = table(pipeline, exchange.path("table"));
        int limit = limit(exchange);
        var after = exchange.query("after").map(cursor -> key(table, cursor)).orElse(null);
        var text = exchange.query("text").filter(given -> !given.isEmpty()).map(TextFilter::new);
        var rows = text.isPresent()
                ? found(table, after, limit + 1, text.get())
                : pipeline.reader().page(table, after, limit + 1);
        exchange.stream("application/json", out -> {
            ascii(out, "{\"entries\":[");
            int shown = Math.min(limit, rows.size());
            for (int i = 0; i < shown; i++) {
                ascii(out, i == 0 ? "" : ",");
                rows.get(i).getValue().writeEntryJson(out);
            }
            var next = rows.size() > limit
                    ? '"' + KeyJson.cursor(rows.get(limit - 1).getValue()) + '"'
                    : "null";
            ascii(out, "],\"next\":" + next + "}");
        });
    }

    private List<Map.Entry<PrimaryKey, LatestState>> found(
            TableId table, PrimaryKey after, int limit, TextFilter text) {
        searches.begin();
        try {
            return pipeline.reader().page(table, after, limit, state -> text.isIn(state.row()));
        } finally {
            searches.end();
        }
    }

    /** How many entries, or changes, an answer is to have at most. */
    static int limit(Exchange exchange) {
        return exchange.numberUpTo("limit", 1, HIGHEST_LIMIT).orElse(DEFAULT_LIMIT);
    }

    private PrimaryKey key(TableId table, String cursor) {
        try {
            return keys.ofFragments(table, KeyJson.fragmentsOfCursor(cursor));
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, "after: " + e.getMessage() + ".");
        }
    }

    /** {@code GET /api/tables/{table}/rows/{key}}. */
    void row(Exchange exchange) throws IOException {
        var table = table(pipeline, exchange.path("table"));
        var state = key(table, exchange.pathValues("key"))
                .flatMap(key -> pipeline.reader().get(table, key));
        if (state.isPresent()) {
            exchange.stream("application/json", state.get()::writeEntryJson);
            return;
        }
        var fields = new LinkedHashMap<String, Object>();
        fields.put("table", table.toString());
        fields.putAll(missingRowFields.get());
        throw new HttpProblem(404, "The map holds no such row of " + table + ".", fields);
    }

    /** {@code GET /api/rows?row=TABLE/KEY&row=TABLE/KEY}: several rows at one moment. */
    void rows(Exchange exchange) throws IOException {
        var asked = exchange.rawQuery("row");
        if (asked.isEmpty() || asked.size() > HIGHEST_ROWS) {
            throw new HttpProblem(
                    400,
                    "There are " + asked.size() + " rows to be shown; ask for 1 to " + HIGHEST_ROWS
                            + ", each as row=TABLE/KEY.");
        }
        var rows = new ArrayList<RowId>();
        for (var one : asked) {
            rows.add(rowId(one));
        }
        // Before the rows are read: what was committed up to there is in them.
        long position = pipeline.position();
        var states = pipeline.reader().together(rows);
        exchange.stream("application/json", out -> {
            ascii(out, "{\"position\":\"" + Lsn.format(position) + "\",\"rows\":[");
            for (int i = 0; i < states.size(); i++) {
                ascii(out, i == 0 ? "" : ",");
                if (states.get(i) == null) {
                    ascii(out, "null");
                } else {
                    states.get(i).writeEntryJson(out);
                }
            }
            ascii(out, "]}");
        });
    }

    /** A row as a path names it; the whole of it may be encoded once more. */
    private RowId rowId(String text) {
        var path = text.indexOf('/') < 0 ? UrlText.decode(text) : text;
        var segments = UrlText.segments(path);
        if (segments.size() != 2) {
            throw new HttpProblem(
                    400, "'" + text + "' is not a row; write it as TABLE/KEY, such as inventory.customers/1.");
        }
        var table = table(pipeline, UrlText.decode(segments.get(0)));
        return new RowId(table, knownKey(table, UrlText.commaSeparated(segments.get(1))));
    }

    /** A key by its values; 400 where it is none, 503 where the table's keys are not known. */
    PrimaryKey knownKey(TableId table, List<String> values) {
        return key(table, values)
                .orElseThrow(() -> new HttpProblem(503, "The keys of " + table + " are not known yet; try again."));
    }

    /** A key by its values; 400 where it is none, nothing where the table's keys are not known. */
    private Optional<PrimaryKey> key(TableId table, List<String> values) {
        try {
            return keys.parse(table, values);
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, "That is not a key of " + table + ": " + e.getMessage() + ".");
        }
    }

    /** {@code GET /api/tables/{table}/dump}. */
    void dump(Exchange exchange) throws IOException {
        var table = table(pipeline, exchange.path("table"));
        dumps.begin();
        try {
            exchange.cutAfter(stalled);
            var states = exchange.isHead() ? List.<LatestState>of() : states(table);
            exchange.stream("application/x-ndjson", out -> {
                for (var state : states) {
                    state.writeEntryJson(out);
                    out.write('\n');
                }
            });
        } finally {
            dumps.end();
        }
    }

    private List<LatestState> states(TableId table) {
        for (int attempt = 1; ; attempt++) {
            try {
                return pipeline.reader().dump(table);
            } catch (StaleViewException e) {
                if (attempt == DUMP_ATTEMPTS) {
                    throw new HttpProblem(503, "The map is being rebuilt; try again: " + e.getMessage() + ".");
                }
            }
        }
    }

    private static void ascii(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
