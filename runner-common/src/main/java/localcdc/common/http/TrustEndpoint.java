package localcdc.common.http;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import localcdc.common.verify.ReportJson;
import localcdc.common.verify.TrustCheck;

/**
 * {@code GET /api/trust}: how far a comparison of the map with Postgres has come, and what the last one has found. {@code
 * POST /api/trust} begins one, {@code PUT /api/trust} tells what the command {@code verify} has found. Any thread.
 */
final class TrustEndpoint {

    /** Twenty rows of both sides, of which each value is shown up to its four hundredth character. */
    private static final int REPORT_BYTES = 1 << 20;

    private final Optional<TrustCheck> check;

    /** @param check nothing where this runner does not know which Postgres its map is to equal */
    TrustEndpoint(Optional<TrustCheck> check) {
        this.check = check;
    }

    /** {@code GET /api/trust}. */
    void show(Exchange exchange) throws IOException {
        exchange.json(200, state());
    }

    /** {@code POST /api/trust}. */
    void begin(Exchange exchange) throws IOException {
        exchange.ignoreBody();
        if (!known().request()) {
            throw new HttpProblem(409, "A comparison is under way already.");
        }
        exchange.json(202, state());
    }

    /** {@code PUT /api/trust}. */
    void tell(Exchange exchange) throws IOException {
        var body = exchange.body(REPORT_BYTES);
        try {
            var told = ReportJson.read(body);
            known().told(told.report(), told.took());
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, "That is no report of a comparison: " + e.getMessage());
        }
        exchange.json(200, state());
    }

    private TrustCheck known() {
        return check.orElseThrow(
                () -> new HttpProblem(404, "This runner was not told which Postgres its map is to equal."));
    }

    private Map<String, Object> state() {
        var state = new LinkedHashMap<String, Object>();
        state.put("offered", check.isPresent());
        state.put(
                "running",
                check.flatMap(TrustCheck::progress).map(TrustEndpoint::running).orElse(null));
        state.put(
                "latest",
                check.flatMap(TrustCheck::latest).map(TrustEndpoint::result).orElse(null));
        return state;
    }

    private static Map<String, Object> running(TrustCheck.Progress progress) {
        var running = new LinkedHashMap<String, Object>();
        running.put("seconds", seconds(progress.since().toMillis()));
        running.put("table", progress.table() == null ? null : progress.table().toString());
        running.put("rowsCompared", progress.rowsCompared());
        running.put("rowsTotal", progress.rowsTotal());
        running.put("open", progress.open());
        return running;
    }

    /** A comparison's result, for Jackson. */
    private static Map<String, Object> result(TrustCheck.Result result) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("verdict", result.report().verdict().name().toLowerCase(Locale.ROOT));
        shown.put("by", result.by().name().toLowerCase(Locale.ROOT));
        shown.put("ended", result.ended().toString());
        shown.put("seconds", seconds(result.took().toMillis()));
        shown.put("rowsCompared", result.rowsCompared());
        shown.put("differences", result.differences());
        shown.put("reason", result.reason());
        shown.put("report", Exchange.raw(result.report().toJson()));
        return shown;
    }

    private static double seconds(long millis) {
        return millis / 1000.0;
    }
}
