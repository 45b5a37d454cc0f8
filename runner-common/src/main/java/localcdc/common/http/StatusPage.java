package localcdc.common.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

/** {@code GET /}: a small page of state, tables, sizes, latency and live changes. Reads nothing from other hosts. */
final class StatusPage {

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private StatusPage() {}

    /** The page and what it is made of. */
    static List<Route> routes() {
        return Stream.of(
                        file("/", "index.html", "text/html; charset=utf-8"),
                        file("/page.css", "page.css", "text/css; charset=utf-8"),
                        file("/page.js", "page.js", "text/javascript; charset=utf-8"))
                .toList();
    }

    private static Route file(String path, String resource, String contentType) {
        var body = read(resource);
        return new Route("GET", path, exchange -> {
            exchange.setHeader("Content-Security-Policy", POLICY);
            exchange.setHeader("Referrer-Policy", "no-referrer");
            exchange.bytes(200, contentType, body);
        });
    }

    private static byte[] read(String resource) {
        try (var in = StatusPage.class.getResourceAsStream(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource + " from the jar", e);
        }
    }
}
