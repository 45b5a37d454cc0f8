package localcdc.common.http;

import java.io.IOException;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import localcdc.common.cli.HttpToken;
import localcdc.common.cli.RunnerSettings;
import localcdc.core.source.SourceException;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An HTTP server for a handful of routes, with bounded threads, connections and headers. Any thread may ask or close it. */
public final class WebServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final int PORTS_TRIED = 100;
    /** Of the pool, whatever clients do. */
    static final int THREADS = 32;
    /** Further ones wait until one of these ends. */
    static final int CONNECTIONS = 256;

    private static final int HEADER_BYTES = 64 * 1024;

    private final Server server;
    private final ServerConnector connector;
    private final String host;
    private final AccessRules access;

    private WebServer(Builder builder) {
        this.host = builder.host;
        this.access = new AccessRules(host, builder.token);
        var threads = new QueuedThreadPool(THREADS, 4);
        threads.setName("http");
        threads.setDaemon(true);
        this.server = new Server(threads);
        this.connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration()));
        connector.setHost(host);
        connector.setIdleTimeout(builder.limits.idle().toMillis());
        server.addConnector(connector);
        server.addBean(limit(builder.limits.idleWhenFull()));
        server.setErrorHandler(new JsonErrors());
        var router = new Router(builder.routes, access, new Patience(THREADS / 2, builder.limits.request()));
        server.setHandler(new SlowHeads(connector, builder.limits.request(), router));
        server.setStopTimeout(0);
    }

    /**
     * Begins to describe a server.
     *
     * @param host where to listen
     * @param port a port that is not given is 8080 or the next free one, 0 is any
     */
    public static Builder at(String host, OptionalInt port) {
        return new Builder(host, port);
    }

    /** What a server answers. Of two routes for one path the first counts. For one thread. */
    public static final class Builder {
        private final String host;
        private final OptionalInt port;
        private final List<Route> routes = new ArrayList<>();
        private Optional<HttpToken> token = Optional.empty();
        private Limits limits = Limits.DEFAULT;

        private Builder(String host, OptionalInt port) {
            this.host = host;
            this.port = port;
        }

        /**
         * Adds a route.
         *
         * @param method GET (HEAD comes with it), POST, PUT or DELETE; all but GET are refused to pages of other origins
         * @param path such as {@code /api/bad-records/{topic}}: a part in braces stands for any one segment
         */
        public Builder route(String method, String path, RouteHandler handler) {
            routes.add(new Route(method, path, handler));
            return this;
        }

        /** Adds a route that changes something: off where the server listens wider than loopback and has no token. */
        public Builder control(String method, String path, RouteHandler handler) {
            routes.add(Route.control(method, path, handler));
            return this;
        }

        /** What whoever uses a control has to send; without it anybody on this machine may. */
        public Builder token(Optional<HttpToken> secret) {
            this.token = secret;
            return this;
        }

        /**
         * Adds a part of a page, which may read nothing from other hosts.
         *
         * @param owner a class that the resource lies beside
         */
        public Builder file(String path, Class<?> owner, String resource, String contentType) {
            routes.add(PageFiles.route(path, owner, resource, contentType));
            return this;
        }

        /** How long it waits for its clients; for tests. */
        Builder limits(Limits others) {
            this.limits = others;
            return this;
        }

        Builder routes(List<Route> more) {
            routes.addAll(more);
            return this;
        }

        /**
         * Listens and answers from now on. The caller closes the server.
         *
         * @throws SourceException when the address or the port cannot be had
         */
        public WebServer start() throws SourceException {
            var web = new WebServer(this);
            try {
                web.bind(port);
                web.run();
                return web;
            } catch (SourceException | RuntimeException e) {
                web.close();
                throw e;
            }
        }
    }

    private NetworkConnectionLimit limit(Duration idleWhenFull) {
        var limit = new NetworkConnectionLimit(CONNECTIONS, server);
        limit.setEndPointIdleTimeout(idleWhenFull.toMillis());
        return limit;
    }

    private static HttpConfiguration configuration() {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        // Names of tables and keys may hold anything. Nothing here maps paths to files, so no path is ambiguous to us:
        // the raw path is taken apart by UrlText.
        http.setUriCompliance(UriCompliance.UNSAFE);
        return http;
    }

    private void bind(OptionalInt given) throws SourceException {
        int first = given.orElse(RunnerSettings.DEFAULT_HTTP_PORT);
        int last = given.isPresent() ? first : first + PORTS_TRIED;
        IOException taken = null;
        for (int port = first; port <= last; port++) {
            connector.setPort(port);
            try {
                connector.open();
                return;
            } catch (IOException e) {
                if (!(e instanceof BindException) && !(e.getCause() instanceof BindException)) {
                    throw cannotListen(port, e);
                }
                taken = e;
            } catch (UnresolvedAddressException e) {
                throw cannotListen(port, e);
            }
        }
        throw new SourceException(
                given.isPresent()
                        ? "The status server cannot listen at " + host + ":" + first + ": " + reason(taken) + "."
                        : "The status server found no free port from " + first + " to " + last + " at " + host + ": "
                                + reason(taken) + ".",
                "Give another --http-port (0: any free one), another --http-host, or --no-http.",
                taken);
    }

    private SourceException cannotListen(int port, Exception cause) {
        return new SourceException(
                "The status server cannot listen at " + host + ":" + port + ": " + reason(cause) + ".",
                "Give --http-host an address of this machine, such as 127.0.0.1 or 0.0.0.0, or --no-http.",
                cause);
    }

    private static String reason(Exception thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root instanceof UnresolvedAddressException ? "no such host" : root.getMessage();
    }

    private void run() throws SourceException {
        try {
            server.start();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw cannotListen(port(), e);
        }
        LOG.info("status server listens at {}", url());
        access.warning().ifPresent(LOG::warn);
    }

    /** The port it listens at. */
    public int port() {
        return connector.getLocalPort();
    }

    /** The address it listens at, such as {@code http://127.0.0.1:8080}. */
    public String url() {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }

    /** The address at which this machine reaches it, also where it listens at all of its addresses. */
    String ownUrl() {
        return host.equals("0.0.0.0") || host.equals("::") ? "http://localhost:" + port() : url();
    }

    /** Stops listening and ends every answer under way. May be repeated. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the server at {} did not stop cleanly", host, e);
        }
        connector.close();
    }
}
