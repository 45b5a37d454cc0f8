package localcdc.common.http;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The parts of a page, from the jar. A page reads nothing from other hosts and runs nothing that is not its own. */
final class PageFiles {

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private PageFiles() {}

    /** @param owner a class that the resource lies beside */
    static Route route(String path, Class<?> owner, String resource, String contentType) {
        var body = read(owner, resource);
        return new Route("GET", path, exchange -> {
            exchange.setHeader("Content-Security-Policy", POLICY);
            exchange.setHeader("Referrer-Policy", "no-referrer");
            exchange.bytes(200, contentType, body);
        });
    }

    private static byte[] read(Class<?> owner, String resource) {
        try (var in = owner.getResourceAsStream(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource + " from the jar", e);
        }
    }
}
