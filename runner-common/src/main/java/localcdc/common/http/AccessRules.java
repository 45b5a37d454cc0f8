package localcdc.common.http;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import localcdc.common.cli.HttpToken;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * Who may ask what of one server. Whoever reaches it may read; a page of another origin may only read, and none at all where
 * it has made its own name one of this machine (DNS rebinding); controls need the token where there is one, and are off
 * where there is none and the server listens wider than loopback. Immutable.
 */
final class AccessRules {

    /** What no public name server can give an address to. */
    private static final List<String> PRIVATE_SUFFIXES =
            List.of(".localhost", ".local", ".internal", ".test", ".home.arpa");

    private static final Pattern ADDRESS = Pattern.compile("\\[.*]|[0-9.]+");
    private static final Pattern PORT = Pattern.compile(":[0-9]*$");

    private final String listensAt;
    private final boolean loopback;
    private final Optional<HttpToken> token;

    /** @param listensAt the host that the server listens at, as it was given */
    AccessRules(String listensAt, Optional<HttpToken> token) {
        this.listensAt = listensAt.toLowerCase(Locale.ROOT);
        this.loopback = isLoopback(listensAt);
        this.token = token;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** What others can do, as a sentence; nothing where only this machine reaches the server. */
    Optional<String> warning() {
        if (loopback) {
            return Optional.empty();
        }
        return Optional.of("whoever reaches " + listensAt + " can read the whole map; controls "
                + (token.isPresent() ? "need the token" : "are off without --http-token-file"));
    }

    /** Refuses what pages from elsewhere try with the help of a visitor's browser. */
    void check(Request request) {
        var host = request.getHeaders().get(HttpHeader.HOST);
        if (loopback && host != null && !isOfThisMachine(host)) {
            throw new HttpProblem(
                    403,
                    "'" + host + "' is no name of this machine, where alone this server is reached; ask for http://"
                            + listensAt + " instead, or have the proxy in between send that as Host.");
        }
        if (isRead(request)) {
            return;
        }
        var origin = request.getHeaders().get(HttpHeader.ORIGIN);
        var crossSite = "cross-site".equals(request.getHeaders().get("Sec-Fetch-Site"));
        if (crossSite || (origin != null && !isOwn(origin, host))) {
            throw new HttpProblem(403, "A page from another origin may not do this.");
        }
    }

    private boolean isOfThisMachine(String header) {
        var host = PORT.matcher(header.toLowerCase(Locale.ROOT)).replaceFirst("");
        return ADDRESS.matcher(host).matches()
                || host.indexOf('.') < 0
                || host.equals(listensAt)
                || PRIVATE_SUFFIXES.stream().anyMatch(host::endsWith);
    }

    private static boolean isRead(Request request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    private static boolean isOwn(String origin, String host) {
        try {
            return host != null && host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Refuses the use of a control by whoever has no right to it. */
    void checkControl(Request request, Response response) {
        if (token.isEmpty()) {
            if (!loopback) {
                throw new HttpProblem(
                        403,
                        "Controls are off, since this server listens wider than loopback and has no token; give it"
                                + " one with --http-token-file.");
            }
            return;
        }
        var given = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (given == null
                || !given.startsWith(HttpToken.SCHEME)
                || !token.get().matches(given.substring(HttpToken.SCHEME.length()))) {
            response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
            throw new HttpProblem(401, "This needs the token of --http-token-file, as Authorization: Bearer TOKEN.");
        }
    }
}
