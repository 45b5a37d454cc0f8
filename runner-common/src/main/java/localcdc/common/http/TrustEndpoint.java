package localcdc.common.http;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import localcdc.common.verify.ReportJson;
import localcdc.common.verify.TrustCheck;
import localcdc.core.verify.VerifyReport;

/**
 * {@code GET /api/trust}: how far a comparison of the map with Postgres has come, and what the last one has found. {@code
 * POST /api/trust} begins one, {@code PUT /api/trust} tells what the command {@code verify} has found. Any thread.
 */
final class TrustEndpoint {

    private final Optional<TrustCheck> check;
    private final Supplier<Set<String>> tables;

    /**
     * @param check nothing where this runner does not know which Postgres its map is to equal
     * @param tables those that the map holds, as reports name them
     */
    TrustEndpoint(Optional<TrustCheck> check, Supplier<Set<String>> tables) {
        this.check = check;
        this.tables = tables;
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

    /** {@code PUT /api/trust}. A comparison of some tables says nothing of the others, so it is not the last result. */
    void tell(Exchange exchange) throws IOException {
        var body = exchange.body(ReportJson.BYTES);
        var known = known();
        ReportJson.Told told;
        try {
            told = ReportJson.read(body);
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, "That is no report of a comparison: " + e.getMessage());
        }
        var compared = told.report().tables().stream()
                .map(table -> table.table().toString())
                .collect(Collectors.toSet());
        if (!compared.equals(tables.get())) {
            throw new HttpProblem(
                    409, "The report must be of the tables that the map holds.", Map.of("tables", tables.get()));
        }
        if (told.report().verdict() == VerifyReport.Verdict.UNDECIDED) {
            throw new HttpProblem(409, "A comparison that did not decide says nothing of the map.");
        }
        known.told(told.report(), told.took());
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
