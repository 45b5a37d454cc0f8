package localcdc.common.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import localcdc.common.http.RecentChanges.Change;
import localcdc.core.pipeline.Pipeline;

/** The latest changes, of all tables or of one row, the newest first. */
final class ChangeEndpoints {

    private final Pipeline pipeline;
    private final KeyParser keys;
    private final TableEndpoints tables;
    private final RecentChanges recent;

    ChangeEndpoints(Pipeline pipeline, KeyParser keys, TableEndpoints tables, RecentChanges recent) {
        this.pipeline = pipeline;
        this.keys = keys;
        this.tables = tables;
        this.recent = recent;
    }

    /** {@code GET /api/changes?table=T&op=O&key=K&text=T&limit=N}; {@code op} may be repeated. */
    void latest(Exchange exchange) throws IOException {
        write(exchange, ChangeFilter.of(exchange, pipeline, keys));
    }

    /** {@code GET /api/tables/{table}/rows/{key}/changes?limit=N}. */
    void ofRow(Exchange exchange) throws IOException {
        var table = TableEndpoints.table(pipeline, exchange.path("table"));
        var key = tables.knownKey(table, exchange.pathValues("key"));
        write(exchange, change -> ChangeFilter.concerns(change, table, key));
    }

    private void write(Exchange exchange, Predicate<Change> wanted) throws IOException {
        int limit = TableEndpoints.limit(exchange);
        long upTo = recent.written();
        var chosen = new ArrayList<Change>();
        long searched = 0;
        for (var change : recent.newestFirst(upTo)) {
            if (chosen.size() == limit) {
                break;
            }
            searched++;
            if (wanted.test(change)) {
                chosen.add(change);
            }
        }
        stream(exchange, chosen, upTo, searched);
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
                ChangeJson.write(change, out);
            }
            out.write(("],\"searched\":" + searched + ",\"total\":" + total + "}").getBytes(StandardCharsets.US_ASCII));
        });
    }
}
