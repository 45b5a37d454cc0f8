package localcdc.common.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the route of a request, and turns every failure into an answer. */
final class Router extends Handler.Abstract {

    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private final List<Route> routes;
    private final AccessRules access;
    private final Patience patience;

    Router(List<Route> routes, AccessRules access, Patience patience) {
        this.routes = List.copyOf(routes);
        this.access = access;
        this.patience = patience;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        try {
            access.check(request);
            var exchange = dispatch(request, response, callback);
            if (!exchange.isDetached()) {
                callback.succeeded();
            }
        } catch (HttpProblem e) {
            answer(request, response, callback, e);
        } catch (IOException e) {
            LOG.debug("{} went away: {}", Request.getRemoteAddr(request), e.getMessage(), e);
            callback.failed(e);
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", request.getMethod(), request.getHttpURI().getPath(), e);
            answer(request, response, callback, new HttpProblem(500, "This is a bug in the program; see its log."));
        }
        return true;
    }

    private Exchange dispatch(Request request, Response response, Callback callback) throws IOException {
        var path = request.getHttpURI().getPath();
        var segments = UrlText.segments(path == null ? "/" : path);
        var method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
        var allowed = new TreeSet<String>();
        for (var route : routes) {
            var names = route.match(segments);
            if (names.isEmpty()) {
                continue;
            }
            if (route.method().equals(method)) {
                if (route.control()) {
                    access.checkControl(request, response);
                }
                var exchange = new Exchange(request, response, callback, names.get(), patience);
                route.handler().handle(exchange);
                return exchange;
            }
            allowed.add(route.method());
        }
        if (allowed.isEmpty()) {
            throw new HttpProblem(404, "There is nothing at " + path + ".");
        }
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", allowed));
        throw new HttpProblem(
                405, request.getMethod() + " is not allowed here, but " + String.join(", ", allowed) + ".");
    }

    private void answer(Request request, Response response, Callback callback, HttpProblem problem) {
        if (response.isCommitted()) {
            // Half an answer is out: only a broken connection says that the rest does not come.
            callback.failed(problem);
            return;
        }
        if (!new RequestBody(request, patience).discard() || problem.status() == 413) {
            // A client that is not told sends its next request here.
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
        var body = new LinkedHashMap<String, Object>();
        body.put("error", problem.getMessage());
        body.putAll(problem.fields());
        if (problem.status() == 503 || problem.status() == 429) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
        }
        try {
            var json = Exchange.JSON.writeValueAsBytes(body);
            Exchange.send(response, problem.status(), "application/json", json, callback);
        } catch (JsonProcessingException e) {
            callback.failed(e);
        }
    }
}
