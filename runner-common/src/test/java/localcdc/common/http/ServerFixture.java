package localcdc.common.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import localcdc.common.TestKeys;
import localcdc.common.TestSource;
import localcdc.common.pg.PgSettings;
import localcdc.common.report.RunnerStatus;
import localcdc.core.event.RowShape;
import localcdc.core.event.TableId;
import localcdc.core.index.HashMapIndexer;
import localcdc.core.pipeline.Pipeline;
import localcdc.core.source.SourceException;

/** A status server over a pipeline that a test drives by hand, and a client of it. */
final class ServerFixture implements AutoCloseable {

    static final RowShape CUSTOMERS =
            new RowShape(new TableId("inventory", "customers"), List.of("id", "name", "note"), 0);
    static final RowShape ODD = new RowShape(new TableId("a.b/c", "d %2E.é日\"?#"), List.of("x", "y"), 0, 1);

    /** Selected, but not in the map. */
    static final TableId LEFT_OUT = new TableId("a.b", "secrets");

    private static final ObjectMapper JSON = new ObjectMapper();

    final TestSource source = new TestSource();
    final Pipeline pipeline = new Pipeline("embedded", source, new HashMapIndexer());
    final RunnerStatus status;
    final StatusServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    ServerFixture() throws SourceException {
        this(Duration.ofSeconds(30));
    }

    ServerFixture(Duration stalledAfter) throws SourceException {
        this(stalledAfter, null);
    }

    /** One that is told where its Postgres is. */
    static ServerFixture comparingWith(Supplier<PgSettings> postgres) throws SourceException {
        return new ServerFixture(Duration.ofSeconds(30), postgres);
    }

    private ServerFixture(Duration stalledAfter, Supplier<PgSettings> postgres) throws SourceException {
        this(builder -> builder.stalledAfter(stalledAfter).postgres(postgres));
    }

    /** One whose settings differ from the ordinary in these. */
    ServerFixture(UnaryOperator<StatusServer.Builder> settings) throws SourceException {
        status = RunnerStatus.of(pipeline)
                .field("engine", () -> "debezium")
                .leftOutColumns(Map.of(CUSTOMERS.table(), List.of("ssn")))
                .leftOutTables(Set.of(LEFT_OUT))
                .build();
        server = settings.apply(StatusServer.of(status, new TestKeys()))
                .address("127.0.0.1", OptionalInt.of(0))
                .markerPatience(Duration.ofMillis(300))
                .missingRowFields(() -> Map.of("partitions", List.of(0, 3)))
                .route(
                        "GET",
                        "/api/own/{one}/more",
                        exchange -> exchange.json(200, Map.of("one", exchange.path("one"))))
                .route("POST", "/api/bug", exchange -> {
                    throw new IllegalStateException("planted");
                })
                .start();
        pipeline.start();
    }

    /** Three customers, and a row with an odd key in an oddly named table. */
    ServerFixture filled() {
        source.snapshot(Map.of(
                CUSTOMERS,
                List.of(
                        List.of("1001", "\"Sally\"", "null"),
                        List.of("1002", "\"<script>\"", "\"n\""),
                        List.of("1003", "\"é\"", "?")),
                ODD,
                List.of(List.of("\"a,b/c\"", "2"))));
        return this;
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpClient client() {
        return client;
    }

    static JsonNode json(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        server.close();
        status.close();
    }
}
