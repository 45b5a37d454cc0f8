package localcdc.lab.demo;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import localcdc.common.http.Exchange;
import localcdc.common.http.StatusServer;
import localcdc.common.http.WebServer;
import localcdc.common.verify.TrustCheck;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;

/**
 * The page that shows the paths side by side, and what it reads: {@code GET /api/status} answers {@code
 * {"ready":b,"paths":[{"path":"kafka","url":"..","equal":"..","equalAgeSeconds":x,"status":{..}},..]}}, each {@code status}
 * as the path's own server gives it.
 */
final class DemoPage implements AutoCloseable {

    private final int expected;
    private final Supplier<List<DemoPath>> paths;
    private WebServer server;

    private DemoPage(int expected, Supplier<List<DemoPath>> paths) {
        this.expected = expected;
        this.paths = paths;
    }

    /**
     * Serves the page from now on.
     *
     * @param expected how many paths there will be
     * @param paths those that are there already, asked by any thread
     */
    static DemoPage start(OptionalInt port, int expected, Supplier<List<DemoPath>> paths) throws SourceException {
        var page = new DemoPage(expected, paths);
        page.server = WebServer.at("127.0.0.1", port)
                .file("/", DemoPage.class, "demo.html", "text/html; charset=utf-8")
                .file("/demo.js", DemoPage.class, "demo.js", "text/javascript; charset=utf-8")
                .file("/page.css", StatusServer.class, "page.css", "text/css; charset=utf-8")
                .route("GET", "/livez", page::live)
                .route("GET", "/readyz", page::ready)
                .route("GET", "/api/status", page::status)
                .start();
        return page;
    }

    String url() {
        return server.url();
    }

    private boolean isReady() {
        var all = paths.get();
        return all.size() == expected
                && all.stream().allMatch(path -> path.pipeline().isReady());
    }

    private Map<String, Object> states() {
        var states = new LinkedHashMap<String, Object>();
        paths.get().forEach(path -> states.put(path.name(), path.status().progress()));
        return states;
    }

    private void live(Exchange exchange) throws IOException {
        boolean failed = paths.get().stream().anyMatch(path -> path.pipeline().state() == SourceState.FAILED);
        exchange.json(failed ? 503 : 200, states());
    }

    /** 200 once every path is. */
    private void ready(Exchange exchange) throws IOException {
        boolean ready = isReady();
        exchange.json(ready ? 200 : 503, Map.of("ready", ready, "paths", states()));
    }

    private void status(Exchange exchange) throws IOException {
        var all = new ArrayList<Map<String, Object>>();
        for (var path : paths.get()) {
            var latest = path.trust().latest();
            var one = new LinkedHashMap<String, Object>();
            one.put("path", path.name());
            one.put("url", path.url());
            one.put("equal", latest.map(TrustCheck.Result::text).orElse("not compared yet"));
            one.put(
                    "equalAgeSeconds",
                    latest.map(result -> Duration.between(result.ended(), Instant.now())
                                            .toMillis()
                                    / 1000.0)
                            .orElse(null));
            one.put("status", path.status().asMap());
            all.add(one);
        }
        exchange.json(200, Map.of("ready", isReady(), "paths", all));
    }

    @Override
    public void close() {
        server.close();
    }
}
