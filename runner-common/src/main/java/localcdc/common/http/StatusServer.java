package localcdc.common.http;

import io.prometheus.metrics.model.registry.MultiCollector;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import localcdc.common.cli.HttpToken;
import localcdc.common.pg.PgSettings;
import localcdc.common.report.RunnerStatus;
import localcdc.common.verify.TrustCheck;
import localcdc.core.index.TableStats;
import localcdc.core.source.SourceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a runner's health, metrics, status, entries, live changes and its side of verify. Threads, connections, request
 * sizes and waiting readers are all bounded, and none of them can make the map wait.
 */
public final class StatusServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatusServer.class);
    private static final Duration STALLED = Duration.ofSeconds(30);
    private static final long ROUND_MILLIS = 25;
    private static final long ROUND_WITHOUT_CLIENTS_MILLIS = 200;
    private static final long EXPIRY_MILLIS = 30_000;
    private static final List<String> SCRIPTS = List.of(
            "page.js",
            "texts.js",
            "pipeline.js",
            "latency.js",
            "chart.js",
            "map.js",
            "live.js",
            "verify.js",
            "settings.js",
            "elements.js");

    private final WebServer web;
    private final RunnerStatus status;
    private final RecentChanges recent = new RecentChanges();
    private final LiveEvents events;
    private final LatencyHistory latency;
    private final VerifyEndpoint verify;
    private final Optional<TrustCheck> trust;
    private volatile Future<?> round = CompletableFuture.completedFuture(null);
    private Future<?> expiry = CompletableFuture.completedFuture(null);
    private Future<?> seconds = CompletableFuture.completedFuture(null);
    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "live-events");
        thread.setDaemon(true);
        return thread;
    });

    private StatusServer(Builder builder) throws SourceException {
        this.status = builder.status;
        this.events = new LiveEvents(recent, status.pipeline(), builder.keys, builder.stalled);
        this.latency = new LatencyHistory(status.pipeline());
        this.verify =
                new VerifyEndpoint(status, builder.keys, builder.undecidable, builder.markerPatience, System::nanoTime);
        this.trust = Optional.ofNullable(builder.postgres).map(this::trustCheck);
        this.web = WebServer.at(builder.host, builder.port)
                .token(builder.token)
                .limits(builder.limits)
                .routes(routes(builder))
                .start();
    }

    /** Compares in the way of the command, which asks this server. */
    private TrustCheck trustCheck(Supplier<PgSettings> postgres) {
        return new TrustCheck(
                () -> URI.create(web.ownUrl()), postgres, () -> status.pipeline().reader().tables().stream()
                        .mapToLong(TableStats::size)
                        .sum());
    }

    private List<Route> routes(Builder builder) {
        var health = new HealthEndpoints(status);
        var tables = new TableEndpoints(status.pipeline(), builder.keys, builder.missingRowFields, builder.stalled);
        var changes = new ChangeEndpoints(status.pipeline(), builder.keys, tables, recent);
        var metrics = new Metrics(status, events, trust, builder.metrics);
        var routes = new ArrayList<>(builder.routes);
        routes.add(new Route("GET", "/livez", health::live));
        routes.add(new Route("GET", "/readyz", health::ready));
        routes.add(new Route("GET", "/metrics", metrics::write));
        routes.add(new Route("GET", "/api/status", health::status));
        routes.add(new Route("GET", "/api/tables/{table}", tables::page));
        routes.add(new Route("GET", "/api/tables/{table}/rows/{key}", tables::row));
        routes.add(new Route("GET", "/api/tables/{table}/rows/{key}/changes", changes::ofRow));
        routes.add(new Route("GET", "/api/tables/{table}/dump", tables::dump));
        routes.add(new Route("GET", "/api/rows", tables::rows));
        routes.add(new Route("GET", "/api/changes", changes::latest));
        routes.add(new Route("GET", "/api/latency", latency::write));
        routes.add(new Route("GET", "/api/events", events::subscribe));
        routes.add(new Route("POST", "/api/verify", verify::open));
        routes.add(new Route("POST", "/api/verify/{id}/cut", verify::cut));
        routes.add(new Route("POST", "/api/verify/{id}/rows", verify::rows));
        routes.add(new Route("GET", "/api/verify/{id}/count", verify::count));
        routes.add(new Route("GET", "/api/verify/{id}/keys", verify::keys));
        routes.add(new Route("DELETE", "/api/verify/{id}", verify::close));
        var compared = new TrustEndpoint(trust, builder.undecidable, status.pipeline());
        routes.add(new Route("GET", "/api/trust", compared::show));
        routes.add(Route.control("POST", "/api/trust", compared::begin));
        routes.add(Route.control("PUT", "/api/trust", compared::tell));
        routes.add(PageFiles.route("/", StatusServer.class, "index.html", "text/html; charset=utf-8"));
        routes.add(PageFiles.route("/page.css", StatusServer.class, "page.css", "text/css; charset=utf-8"));
        routes.add(PageFiles.ofPackage("/uplot.js", "uplot", "dist/uPlot.esm.js", "text/javascript; charset=utf-8"));
        routes.add(PageFiles.ofPackage("/uplot.css", "uplot", "dist/uPlot.min.css", "text/css; charset=utf-8"));
        for (var script : SCRIPTS) {
            routes.add(PageFiles.route("/" + script, StatusServer.class, script, "text/javascript; charset=utf-8"));
        }
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
        private final List<MultiCollector> metrics = new ArrayList<>();
        private String host = "127.0.0.1";
        private OptionalInt port = OptionalInt.empty();
        private Supplier<Map<String, ?>> missingRowFields = Map::of;
        private Supplier<Optional<String>> undecidable = Optional::empty;
        private Supplier<PgSettings> postgres;
        private Optional<HttpToken> token = Optional.empty();
        private Duration stalled = STALLED;
        private Limits limits = Limits.DEFAULT;
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

        /** Adds metrics that only this runner has, under names of their own; asked at each scrape, by any thread. */
        public Builder metrics(MultiCollector own) {
            metrics.add(own);
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

        /**
         * Where the Postgres is that the map is to equal, so that the server can compare them when asked to.
         *
         * @param settings asked at each comparison; may throw {@link localcdc.common.cli.UsageException}
         */
        public Builder postgres(Supplier<PgSettings> settings) {
            this.postgres = settings;
            return this;
        }

        /** What whoever uses a control has to send. */
        public Builder token(Optional<HttpToken> secret) {
            this.token = secret;
            return this;
        }

        /** How long a reader may stand still before it is cut; for tests. */
        Builder stalledAfter(Duration duration) {
            this.stalled = duration;
            return this;
        }

        /** How long it waits for its clients; for tests. */
        Builder limits(Limits others) {
            this.limits = others;
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
            server.follow();
            return server;
        }
    }

    private void follow() {
        status.pipeline().indexer().addListener(recent);
        next(0);
        expiry = rounds.scheduleWithFixedDelay(
                () -> guarded(verify::expire), EXPIRY_MILLIS, EXPIRY_MILLIS, TimeUnit.MILLISECONDS);
        seconds = rounds.scheduleAtFixedRate(() -> guarded(latency::tick), 1, 1, TimeUnit.SECONDS);
    }

    /** Hands out changes after so long, and again and again; seldom while nobody follows them. */
    private void next(long millis) {
        try {
            round = rounds.schedule(
                    () -> {
                        try {
                            guarded(events::round);
                        } finally {
                            next(events.clients() > 0 ? ROUND_MILLIS : ROUND_WITHOUT_CLIENTS_MILLIS);
                        }
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the status server was closed", e);
        }
    }

    private static void guarded(Runnable round) {
        try {
            round.run();
        } catch (RuntimeException e) {
            LOG.error("a round of the status server failed", e);
        }
    }

    /** The port it listens at. */
    public int port() {
        return web.port();
    }

    /** The address it listens at, such as {@code http://127.0.0.1:8080}. */
    public String url() {
        return web.url();
    }

    /** Compares the map with Postgres; nothing where it was not told where that is. */
    public Optional<TrustCheck> trust() {
        return trust;
    }

    /** Stops listening and ends every answer under way. May be repeated. */
    @Override
    public void close() {
        status.pipeline().indexer().removeListener(recent);
        expiry.cancel(false);
        seconds.cancel(false);
        round.cancel(false);
        rounds.shutdownNow();
        events.close();
        verify.closeAll();
        web.close();
        // After the server: a comparison under way asks it, and would wait for its answer.
        trust.ifPresent(TrustCheck::close);
    }
}
