package localcdc.lab.demo;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import localcdc.common.http.Exchange;
import localcdc.common.http.StatusServer;
import localcdc.common.http.WebServer;
import localcdc.common.verify.TrustCheck;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;
import localcdc.lab.SamplePostgres;

/**
 * The page that shows the paths side by side, and what it reads and does: {@code /api/workload}, {@code /api/race}, {@code
 * /api/rows}, {@code /api/faults}, {@code /api/trust}, each described where it is answered. {@code GET /api/status} answers {@code
 * {"ready":b,"paths":[{"path":"kafka","url":"..","equal":"..","equalAgeSeconds":x,"status":{..}},..]}}, each {@code status}
 * as the path's own server gives it.
 */
final class DemoPage implements AutoCloseable {

    private static final int RACE_SHOWN = 20;

    private final int expected;
    private final Platform platform;
    private final WorkloadEndpoints workload;
    private final ProcessFigures processes;
    private WebServer server;

    private DemoPage(int expected, Platform platform) {
        this.expected = expected;
        this.platform = platform;
        this.workload = new WorkloadEndpoints(platform::workload);
        this.processes = new ProcessFigures(platform::processes, platform::paths);
    }

    /**
     * Serves the page from now on.
     *
     * @param expected how many paths there will be
     * @param platform may still be starting
     */
    static DemoPage start(OptionalInt port, int expected, Platform platform) throws SourceException {
        var page = new DemoPage(expected, platform);
        var rows = new RowForm(() -> SamplePostgres.connect(platform.postgres()));
        page.server = WebServer.at("127.0.0.1", port)
                .file("/", DemoPage.class, "demo.html", "text/html; charset=utf-8")
                .file("/demo.js", DemoPage.class, "demo.js", "text/javascript; charset=utf-8")
                .file("/demo-texts.js", DemoPage.class, "demo-texts.js", "text/javascript; charset=utf-8")
                .file("/elements.js", StatusServer.class, "elements.js", "text/javascript; charset=utf-8")
                .file("/texts.js", StatusServer.class, "texts.js", "text/javascript; charset=utf-8")
                .file("/settings.js", StatusServer.class, "settings.js", "text/javascript; charset=utf-8")
                .file("/page.css", StatusServer.class, "page.css", "text/css; charset=utf-8")
                .route("GET", "/livez", page::live)
                .route("GET", "/readyz", page::ready)
                .route("GET", "/api/status", page::status)
                .route("GET", "/api/race", page::race)
                .route("GET", "/api/workload", page.workload::show)
                .control("PUT", "/api/workload", page.workload::set)
                .control("POST", "/api/workload/burst", page.workload::burst)
                .control("POST", "/api/rows", rows::change)
                .control("POST", "/api/trust", page::compare)
                .control("POST", "/api/faults/{name}/stop", platform.faults()::stop)
                .control("POST", "/api/faults/{name}/start", platform.faults()::start)
                .start();
        return page;
    }

    String url() {
        return server.url();
    }

    private boolean isReady() {
        var all = platform.paths();
        return all.size() == expected
                && all.stream().allMatch(path -> path.pipeline().isReady());
    }

    private Map<String, Object> states() {
        var states = new LinkedHashMap<String, Object>();
        platform.paths().forEach(path -> states.put(path.name(), path.status().progress()));
        return states;
    }

    private void live(Exchange exchange) throws IOException {
        boolean failed =
                platform.paths().stream().anyMatch(path -> path.pipeline().state() == SourceState.FAILED);
        exchange.json(failed ? 503 : 200, states());
    }

    /** 200 once every path is. */
    private void ready(Exchange exchange) throws IOException {
        boolean ready = isReady();
        exchange.json(ready ? 200 : 503, Map.of("ready", ready, "paths", states()));
    }

    private void status(Exchange exchange) throws IOException {
        var figures = processes.latest();
        var all = new ArrayList<Map<String, Object>>();
        for (var path : platform.paths()) {
            var latest = path.trust().latest();
            var one = new LinkedHashMap<String, Object>();
            one.put("path", path.name());
            one.put("url", path.url());
            one.put(
                    "verdict",
                    latest.map(result -> result.report().verdict().name().toLowerCase(Locale.ROOT))
                            .orElse(null));
            one.put("verdictAt", latest.map(result -> result.ended().toString()).orElse(null));
            one.put("comparing", path.trust().progress().isPresent());
            one.put("equal", latest.map(TrustCheck.Result::text).orElse("not compared yet"));
            one.put(
                    "equalAgeSeconds",
                    latest.map(result -> Duration.between(result.ended(), Instant.now())
                                            .toMillis()
                                    / 1000.0)
                            .orElse(null));
            one.put("cpuCores", figures.coresByPath().get(path.name()));
            one.put("status", path.status().asMap());
            all.add(one);
        }
        var answer = new LinkedHashMap<String, Object>();
        answer.put("ready", isReady());
        answer.put("paths", all);
        answer.put("workload", platform.workload() == null ? null : workload.state());
        answer.put("faults", platform.faults().state());
        answer.put("processes", figures.processes());
        exchange.json(200, answer);
    }

    /** {@code GET /api/race?key={"id":1001}}: which path saw changes first. */
    private void race(Exchange exchange) throws IOException {
        exchange.json(200, platform.race().standing(RACE_SHOWN, exchange.query("key")));
    }

    /** Begins a comparison of every map. */
    private void compare(Exchange exchange) throws IOException {
        long begun =
                platform.paths().stream().filter(path -> path.trust().request()).count();
        exchange.json(202, Map.of("begun", begun));
    }

    @Override
    public void close() {
        server.close();
    }
}
