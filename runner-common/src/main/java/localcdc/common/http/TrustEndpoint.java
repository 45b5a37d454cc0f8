package localcdc.common.http;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import localcdc.common.verify.ReportJson;
import localcdc.common.verify.TrustCheck;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.verify.VerifyReport;

/**
 * {@code GET /api/trust}: how far a comparison of the map with Postgres has come, and what the last one has found. {@code
 * POST /api/trust} begins one, {@code PUT /api/trust} tells what the command {@code verify} has found. Any thread.
 */
final class TrustEndpoint {

    private final Optional<TrustCheck> check;
    private final Supplier<Optional<String>> undecidable;
    private final Pipeline pipeline;

    /**
     * @param check nothing where this runner does not know which Postgres its map is to equal
     * @param undecidable why the map cannot be compared; nothing where it can
     */
    TrustEndpoint(Optional<TrustCheck> check, Supplier<Optional<String>> undecidable, Pipeline pipeline) {
        this.check = check;
        this.undecidable = undecidable;
        this.pipeline = pipeline;
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
        undecidable.get().ifPresent(TrustEndpoint::refuse);
        VerifyEndpoint.requireReady(pipeline);
        refusal(told.report()).ifPresent(TrustEndpoint::refuse);
        known.told(told.report(), told.took());
        exchange.json(200, state());
    }

    private static void refuse(String reason) {
        throw new HttpProblem(409, reason);
    }

    /** Why a report says nothing of this map. */
    private Optional<String> refusal(VerifyReport report) {
        var held = pipeline.reader().tables().stream()
                .map(stats -> stats.table().toString())
                .sorted()
                .toList();
        var compared = report.tables().stream()
                .map(table -> table.table().toString())
                .sorted()
                .toList();
        if (!compared.equals(held)) {
            return Optional.of("The report must be of the tables that the map holds: " + String.join(", ", held) + ".");
        }
        return report.verdict() == VerifyReport.Verdict.UNDECIDED
                ? Optional.of("A comparison that did not decide says nothing of the map.")
                : Optional.empty();
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
