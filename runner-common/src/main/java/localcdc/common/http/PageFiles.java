package localcdc.common.http;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The parts of a page, from the jar. A page reads nothing from other hosts and runs nothing that is not in the jar. */
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

    /**
     * A file of a package that the build has from npm by way of a <a href="https://www.webjars.org">WebJar</a>, in whichever version
     * that is.
     */
    static Route ofPackage(String path, String name, String file, String contentType) {
        var properties = new Properties();
        var described = "/META-INF/maven/org.webjars.npm/" + name + "/pom.properties";
        try {
            properties.load(new ByteArrayInputStream(read(PageFiles.class, described)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + described + " from the jar", e);
        }
        var folder = "/META-INF/resources/webjars/" + name + "/" + properties.getProperty("version") + "/";
        return route(path, PageFiles.class, folder + file, contentType);
    }

    private static byte[] read(Class<?> owner, String resource) {
        try (var in = owner.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource + " from the jar", e);
        }
    }
}
