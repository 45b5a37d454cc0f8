package localcdc.common.http;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import localcdc.common.report.RunnerStatus;
import localcdc.core.event.Lsn;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;
import localcdc.core.index.LatestState;
import localcdc.core.index.Retention;
import localcdc.core.index.StaleViewException;
import localcdc.core.pipeline.Pipeline;

/**
 * A running runner's side of {@code verify}: it answers what the map's rows were for one snapshot of Postgres, while the
 * map goes on changing.
 *
 * <p>A session keeps, from its opening on, every state that the map replaces (see {@link
 * localcdc.core.index.Retention}). The client then takes a snapshot of Postgres, puts a marker into the log after it, and
 * asks; once the marker has come by, every transaction that the snapshot sees is applied, and each row's newest state
 * whose transaction the snapshot sees is the row that the snapshot holds. The order matters: open, snapshot, marker, cut.
 *
 * <p>{@code TABLE} in a query is {@link localcdc.core.event.TableId#pathForm}, URL-encoded. Bodies are UTF-8. Every
 * answer that is not 200 is {@code {"error":"a sentence"}}, with further fields where they are named below. A streamed
 * answer that cannot be finished ends by a broken connection, never by a short body that looks whole.
 *
 * <h2>1. Open: {@code POST /api/verify}, no body</h2>
 *
 * <pre>{@code
 * 200 {"session":"ID","marker":"localcdc-verify-ID","markerPrefix":"localcdc","state":"STREAMING","ready":true,
 *      "position":"0/1A2B3C4",
 *      "tables":[{"table":"inventory.customers","pathForm":"inventory.customers","size":N,"schemaChanged":false,
 *                 "leftOut":["ssn"]}],
 *      "leftOutTables":["inventory.secrets"]}
 * }</pre>
 *
 * <p>{@code leftOut} are the columns, and {@code leftOutTables} the whole tables (each as a {@code pathForm}), that the
 * map does not hold by the runner's settings and that are not to be compared. 409 when the runner is
 * not ready, with {@code state} and {@code stateReason}; 422 when its map is not a whole one, as that of one member of a
 * group; 429 when {@value VerifySessions#MAX_SESSIONS} sessions are open. A session ends
 * by DELETE or ten minutes after its last use.
 *
 * <h2>2. In Postgres</h2>
 *
 * <p>In a REPEATABLE READ transaction {@code SELECT pg_current_snapshot()}; then, in another transaction, <code>
 * SELECT pg_logical_emit_message(true, 'localcdc', 'localcdc-verify-ID')</code>: the prefix is {@code markerPrefix}, the
 * content is {@code marker}, or {@code marker} followed by {@code -} and anything. Each cut needs a marker of its own.
 *
 * <h2>3. Cut: {@code POST /api/verify/ID/cut}</h2>
 *
 * <p>Body {@code {"snapshot":"xmin:xmax:xip1,xip2","marker":"localcdc-verify-ID"}}, at most 1 MiB. Waits for the marker,
 * at most 30 s. 200 {@code {"position":"0/1A2B3C4"}}: from now on the questions below are answered for that snapshot. 504
 * when the marker has not come by, with {@code position}, {@code lagBytes} (or null) and {@code state}; asking again goes
 * on waiting. 400 when the snapshot cannot be read or the marker is not the session's; 409 while another cut of the same
 * session waits. A session may be cut again, for a later snapshot.
 *
 * <h2>4. Questions</h2>
 *
 * <dl>
 *   <dt>{@code POST /api/verify/ID/rows?table=TABLE}
 *   <dd>Body: one line for each key, a JSON array of the key's values in key order, as in an entry's {@code key}: {@code
 *       [1001]} or {@code ["a",2]}; at most 16 MiB. Answer: NDJSON, one line for each key in the same order: {@code
 *       {"s":"row","row":{...}}}, with {@code "unavailable":["column"]} behind {@code row} where values are not known;
 *       {@code {"s":"absent"}} where the map has no such row at the cut; {@code {"s":"undecided"}} where the map does not
 *       know what the row was at the cut. 400 when a line cannot be read, with the line's number.
 *   <dt>{@code GET /api/verify/ID/count?table=TABLE}
 *   <dd>{@code {"visible":N,"undecided":M}}: how many rows the map holds at the cut, and of how many it does not know.
 *   <dt>{@code GET /api/verify/ID/keys?table=TABLE}
 *   <dd>NDJSON, in no order: the key, as a JSON array, of each row that the map holds at the cut. Undecided rows are not
 *       among them.
 *   <dt>{@code DELETE /api/verify/ID}
 *   <dd>Ends the session; 200 {@code {}} also when it had ended already.
 * </dl>
 *
 * <p>409 when there was no cut yet; 404 for a table that the map does not hold; 410 when the session is gone, or when it
 * can no longer answer: the map was rebuilt, or more than {@value VerifySessions#CAPACITY} rows have changed. Then the client opens a
 * new one.
 *
 * <p>Any number of threads may ask.
 */
final class VerifyEndpoint {

    /** The prefix of the logical messages that carry markers. */
    static final String MARKER_PREFIX = "localcdc";

    static final Duration MARKER_PATIENCE = Duration.ofSeconds(30);

    private static final int CUT_BODY_BYTES = 1024 * 1024;
    private static final int ROWS_BODY_BYTES = 16 * 1024 * 1024;

    private final RunnerStatus status;
    private final Pipeline pipeline;
    private final KeyParser keys;
    private final Supplier<Optional<String>> undecidable;
    private final Duration patience;
    private final VerifySessions sessions;

    VerifyEndpoint(
            RunnerStatus status,
            KeyParser keys,
            Supplier<Optional<String>> undecidable,
            Duration patience,
            LongSupplier nanos) {
        this.undecidable = undecidable;
        this.status = status;
        this.pipeline = status.pipeline();
        this.keys = keys;
        this.patience = patience;
        this.sessions = new VerifySessions(pipeline.indexer(), nanos);
    }

    /** {@code POST /api/verify}. */
    void open(Exchange exchange) throws IOException {
        exchange.ignoreBody();
        undecidable.get().ifPresent(reason -> {
            throw new HttpProblem(422, reason);
        });
        requireReady(pipeline);
        var session = sessions.open();
        var answer = new LinkedHashMap<String, Object>();
        answer.put("session", session.id());
        answer.put("marker", session.marker());
        answer.put("markerPrefix", MARKER_PREFIX);
        answer.put("state", pipeline.state().name());
        answer.put("ready", true);
        answer.put("position", Lsn.format(pipeline.position()));
        answer.put("tables", tables());
        answer.put(
                "leftOutTables",
                status.leftOutTables().stream().map(TableId::pathForm).toList());
        exchange.json(200, answer);
    }

    /** 409 while the map is not whole, so that nothing found of it would hold. */
    static void requireReady(Pipeline pipeline) {
        if (!pipeline.isReady()) {
            throw new HttpProblem(
                    409,
                    "The runner is not ready: it is in state " + pipeline.state() + " (" + pipeline.stateReason()
                            + ").",
                    Map.of("state", pipeline.state().name(), "stateReason", pipeline.stateReason()));
        }
    }

    private List<Map<String, Object>> tables() {
        var schemaChanged = pipeline.sourceStatus().schemaChanged();
        var tables = new ArrayList<Map<String, Object>>();
        for (var stats : pipeline.reader().tables()) {
            var table = new LinkedHashMap<String, Object>();
            table.put("table", stats.table().toString());
            table.put("pathForm", stats.table().pathForm());
            table.put("size", stats.size());
            table.put("schemaChanged", schemaChanged.contains(stats.table()));
            table.put("leftOut", status.leftOutColumns(stats.table()));
            tables.add(table);
        }
        return tables;
    }

    /** {@code POST /api/verify/{id}/cut}. */
    void cut(Exchange exchange) throws IOException {
        var session = session(exchange);
        var body = exchange.jsonBody(CUT_BODY_BYTES);
        var marker = body.path("marker").asText();
        if (!marker.equals(session.marker()) && !marker.startsWith(session.marker() + "-")) {
            throw new HttpProblem(
                    400, "The marker must be '" + session.marker() + "', or that with '-' and more behind it.");
        }
        var visibility = visibility(body.path("snapshot").asText());
        if (!session.cutting().tryAcquire()) {
            throw new HttpProblem(409, "Another cut of this session is waiting for its marker.");
        }
        try {
            if (!pipeline.awaitMarker(marker, patience)) {
                throw notPassed();
            }
            session.cut(visibility);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HttpProblem(503, "The runner is stopping.");
        } finally {
            session.cutting().release();
            sessions.used(session);
        }
        exchange.json(200, Map.of("position", Lsn.format(pipeline.position())));
    }

    private static SnapshotVisibility visibility(String snapshot) {
        try {
            return SnapshotVisibility.parse(snapshot);
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, "snapshot: " + e.getMessage() + ".");
        }
    }

    private HttpProblem notPassed() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("position", Lsn.format(pipeline.position()));
        fields.put("lagBytes", pipeline.sourceStatus().lagBytes());
        fields.put("state", pipeline.state().name());
        return new HttpProblem(
                504,
                "The marker has not come by within " + patience.toSeconds() + " seconds: the runner lags behind.",
                fields);
    }

    /** {@code POST /api/verify/{id}/rows?table=TABLE}. */
    void rows(Exchange exchange) throws IOException {
        var session = session(exchange);
        var visibility = session.visibility();
        var table = table(exchange);
        var wanted = keys(table, new String(exchange.body(ROWS_BODY_BYTES), StandardCharsets.UTF_8));
        answering(
                session,
                () -> exchange.stream("application/x-ndjson", out -> {
                    for (var key : wanted) {
                        write(out, session.retention().visible(table, key, visibility));
                    }
                }));
    }

    private List<PrimaryKey> keys(TableId table, String body) {
        var wanted = new ArrayList<PrimaryKey>();
        int number = 0;
        for (var line : body.split("\n", -1)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                wanted.add(keys.ofFragments(table, KeyJson.fragments(line)));
            } catch (IllegalArgumentException e) {
                throw new HttpProblem(400, "Line " + number + ": " + e.getMessage() + ".");
            }
        }
        return wanted;
    }

    private static void write(OutputStream out, Retention.Answer answer) throws IOException {
        if (!answer.decided()) {
            ascii(out, "{\"s\":\"undecided\"}\n");
        } else if (answer.state() == null) {
            ascii(out, "{\"s\":\"absent\"}\n");
        } else {
            var row = answer.state().row();
            ascii(out, "{\"s\":\"row\",\"row\":");
            row.writeJson(out);
            if (row.hasUnavailable()) {
                ascii(out, ",\"unavailable\":" + Exchange.JSON.writeValueAsString(row.unavailable()));
            }
            ascii(out, "}\n");
        }
    }

    /** {@code GET /api/verify/{id}/count?table=TABLE}. */
    void count(Exchange exchange) throws IOException {
        var session = session(exchange);
        var visibility = session.visibility();
        var table = table(exchange);
        answering(session, () -> {
            var counts = new long[2];
            session.retention().forEachKey(table, key -> {
                var answer = session.retention().visible(table, key, visibility);
                if (!answer.decided()) {
                    counts[1]++;
                } else if (answer.state() != null) {
                    counts[0]++;
                }
            });
            exchange.json(200, Map.of("visible", counts[0], "undecided", counts[1]));
        });
    }

    /** {@code GET /api/verify/{id}/keys?table=TABLE}. */
    void keys(Exchange exchange) throws IOException {
        var session = session(exchange);
        var visibility = session.visibility();
        var table = table(exchange);
        answering(
                session,
                () -> exchange.stream("application/x-ndjson", out -> {
                    try {
                        session.retention().forEachKey(table, key -> {
                            var answer = session.retention().visible(table, key, visibility);
                            if (answer.decided() && answer.state() != null) {
                                writeKey(out, answer.state());
                            }
                        });
                    } catch (UncheckedIOException e) {
                        throw e.getCause();
                    }
                }));
    }

    private static void writeKey(OutputStream out, LatestState state) {
        try {
            ascii(out, KeyJson.of(state) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code DELETE /api/verify/{id}}. */
    void close(Exchange exchange) throws IOException {
        sessions.close(exchange.path("id"));
        exchange.json(200, Map.of());
    }

    /** Ends the sessions that nobody has used for ten minutes. Any thread. */
    void expire() {
        sessions.expire();
    }

    /** Ends every session. */
    void closeAll() {
        sessions.closeAll();
    }

    private VerifySession session(Exchange exchange) {
        return sessions.use(exchange.path("id"));
    }

    private TableId table(Exchange exchange) {
        var name =
                exchange.query("table").orElseThrow(() -> new HttpProblem(400, "The query needs table=schema.table."));
        return TableEndpoints.table(pipeline, name);
    }

    /** Reads from a session; what it can no longer answer becomes 410, or a broken connection where it has begun to. */
    private void answering(VerifySession session, Answering answer) throws IOException {
        try {
            answer.answer();
        } catch (StaleViewException e) {
            throw VerifySessions.stale(e.getMessage());
        } finally {
            sessions.used(session);
        }
    }

    private static void ascii(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @FunctionalInterface
    private interface Answering {
        void answer() throws IOException;
    }
}
