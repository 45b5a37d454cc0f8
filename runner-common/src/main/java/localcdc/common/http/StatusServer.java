package localcdc.common.http;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import localcdc.common.cli.RunnerSettings;
import localcdc.common.report.RunnerStatus;
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

/**
 * Serves a runner's health, metrics, status, entries, live changes and its side of verify. Threads, connections, request
 * sizes and waiting readers are all bounded, and none of them can make the map wait.
 */
public final class StatusServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatusServer.class);
    private static final int PORTS_TRIED = 100;
    private static final int THREADS = 32;
    private static final int CONNECTIONS = 256;
    private static final int HEADER_BYTES = 64 * 1024;
    /** Longer than a cut waits for its marker. */
    private static final Duration IDLE = Duration.ofSeconds(60);

    private static final Duration STALLED = Duration.ofSeconds(30);
    private static final long ROUND_MILLIS = 25;
    private static final long EXPIRY_MILLIS = 30_000;

    private final Server server;
    private final ServerConnector connector;
    private final RunnerStatus status;
    private final LiveEvents events;
    private final VerifyEndpoint verify;
    private final String host;
    private final List<Future<?>> repeated = new ArrayList<>();
    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "live-events");
        thread.setDaemon(true);
        return thread;
    });

    private StatusServer(Builder builder) {
        this.status = builder.status;
        this.host = builder.host;
        this.events = new LiveEvents(builder.stalled);
        this.verify =
                new VerifyEndpoint(status, builder.keys, builder.undecidable, builder.markerPatience, System::nanoTime);
        var threads = new QueuedThreadPool(THREADS, 4);
        threads.setName("http");
        threads.setDaemon(true);
        this.server = new Server(threads);
        this.connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration()));
        connector.setHost(host);
        connector.setIdleTimeout(IDLE.toMillis());
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, server));
        server.setErrorHandler(new JsonErrors());
        server.setHandler(new Router(routes(builder)));
        server.setStopTimeout(0);
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

    private List<Route> routes(Builder builder) {
        var health = new HealthEndpoints(status);
        var tables = new TableEndpoints(status.pipeline(), builder.keys, builder.missingRowFields, builder.stalled);
        var metrics = new Metrics(status, events);
        var routes = new ArrayList<>(builder.routes);
        routes.add(new Route("GET", "/livez", health::live));
        routes.add(new Route("GET", "/readyz", health::ready));
        routes.add(new Route("GET", "/metrics", metrics::write));
        routes.add(new Route("GET", "/api/status", health::status));
        routes.add(new Route("GET", "/api/tables/{table}", tables::page));
        routes.add(new Route("GET", "/api/tables/{table}/rows/{key}", tables::row));
        routes.add(new Route("GET", "/api/tables/{table}/dump", tables::dump));
        routes.add(new Route("GET", "/api/events", events::subscribe));
        routes.add(new Route("POST", "/api/verify", verify::open));
        routes.add(new Route("POST", "/api/verify/{id}/cut", verify::cut));
        routes.add(new Route("POST", "/api/verify/{id}/rows", verify::rows));
        routes.add(new Route("GET", "/api/verify/{id}/count", verify::count));
        routes.add(new Route("GET", "/api/verify/{id}/keys", verify::keys));
        routes.add(new Route("DELETE", "/api/verify/{id}", verify::close));
        routes.addAll(StatusPage.routes());
        return routes;
    }

    /** Begins to describe a server. The status is not closed by it. */
    public static Builder of(RunnerStatus status, KeyParser keys) {
        return new Builder(status, keys);
    }

    /** What a server is made of. For one thread. */
    public static final class Builder {
        private final RunnerStatus status;
        private final KeyParser keys;
        private final List<Route> routes = new ArrayList<>();
        private String host = "127.0.0.1";
        private OptionalInt port = OptionalInt.empty();
        private Supplier<Map<String, ?>> missingRowFields = Map::of;
        private Supplier<Optional<String>> undecidable = Optional::empty;
        private Duration stalled = STALLED;
        private Duration markerPatience = VerifyEndpoint.MARKER_PATIENCE;

        private Builder(RunnerStatus status, KeyParser keys) {
            this.status = status;
            this.keys = keys;
        }

        /** Where to listen; a port that is not given is 8080 or the next free one, 0 is any. */
        public Builder address(String listenHost, OptionalInt listenPort) {
            this.host = listenHost;
            this.port = listenPort;
            return this;
        }

        /**
         * Adds a route of the runner's own; it goes before a shared one of the same path.
         *
         * @param method GET (HEAD comes with it), POST, PUT or DELETE; all but GET are refused to pages of other origins
         * @param path such as {@code /api/bad-records/{topic}}: a part in braces stands for any one segment
         */
        public Builder route(String method, String path, RouteHandler handler) {
            routes.add(new Route(method, path, handler));
            return this;
        }

        /** Further fields of the 404 for a row that is not in the map. */
        public Builder missingRowFields(Supplier<Map<String, ?>> fields) {
            this.missingRowFields = fields;
            return this;
        }

        /** Why this map cannot be compared with Postgres however long one waits, as a sentence; nothing where it can. */
        public Builder undecidable(Supplier<Optional<String>> reason) {
            this.undecidable = reason;
            return this;
        }

        /** How long a reader may stand still before it is cut; for tests. */
        Builder stalledAfter(Duration duration) {
            this.stalled = duration;
            return this;
        }

        /** How long a cut waits for its marker; for tests. */
        Builder markerPatience(Duration duration) {
            this.markerPatience = duration;
            return this;
        }

        /**
         * Listens and answers from now on. The caller closes the server.
         *
         * @throws SourceException when the address or the port cannot be had
         */
        public StatusServer start() throws SourceException {
            var server = new StatusServer(this);
            try {
                server.bind(port);
                server.run();
                return server;
            } catch (SourceException | RuntimeException e) {
                server.close();
                throw e;
            }
        }
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
        status.pipeline().indexer().addListener(events);
        every(ROUND_MILLIS, events::round);
        every(EXPIRY_MILLIS, verify::expire);
        LOG.info("status server listens at {}", url());
        if (!isLoopback()) {
            LOG.warn("whoever reaches {} can read the whole map", host);
        }
    }

    private void every(long millis, Runnable round) {
        repeated.add(rounds.scheduleWithFixedDelay(
                () -> {
                    try {
                        round.run();
                    } catch (RuntimeException e) {
                        LOG.error("a round of the status server failed", e);
                    }
                },
                millis,
                millis,
                TimeUnit.MILLISECONDS));
    }

    private boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The port it listens at. */
    public int port() {
        return connector.getLocalPort();
    }

    /** The address it listens at, such as {@code http://127.0.0.1:8080}. */
    public String url() {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }

    /** Stops listening and ends every answer under way. May be repeated. */
    @Override
    public void close() {
        status.pipeline().indexer().removeListener(events);
        repeated.forEach(round -> round.cancel(false));
        rounds.shutdownNow();
        events.close();
        verify.closeAll();
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the status server did not stop cleanly", e);
        }
        connector.close();
    }
}
