package localcdc.common.http;

import static localcdc.common.http.ServerFixture.CUSTOMERS;
import static localcdc.common.http.ServerFixture.ODD;
import static localcdc.common.http.ServerFixture.encoded;
import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import localcdc.common.TestKeys;
import localcdc.common.cli.RunnerSettings;
import localcdc.core.event.Operation;
import localcdc.core.event.TableId;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusServerTest {

    private ServerFixture fixture;

    @BeforeEach
    void open() throws SourceException {
        fixture = new ServerFixture();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void livesUntilTheSourceEndsInAnError() throws Exception {
        assertThat(fixture.get("/livez").statusCode()).isEqualTo(200);
        fixture.source.handler().state(SourceState.RECOVERING, "the connection was cut");
        assertThat(fixture.get("/livez").statusCode()).isEqualTo(200);

        fixture.source.handler().failed(new SourceException("The slot is gone.", "Start again."));

        var dead = fixture.get("/livez");
        assertThat(dead.statusCode()).isEqualTo(503);
        assertThat(json(dead).get("stateReason").asText()).isEqualTo("The slot is gone.");
    }

    @Test
    void isReadyOnceCaughtUpAndTellsTheProgressBefore() throws Exception {
        var before = fixture.get("/readyz");
        assertThat(before.statusCode()).isEqualTo(503);
        assertThat(json(before).get("ready").asBoolean()).isFalse();
        assertThat(json(before).get("state").asText()).isEqualTo("STARTING");
        assertThat(json(before).get("details").get("slot").asText()).isEqualTo("test");

        fixture.filled();

        assertThat(fixture.get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void hasNoLastChangeBeforeTheFirst() throws Exception {
        fixture.filled();

        assertThat(json(fixture.get("/api/status")).get("lastChange").isNull()).isTrue();
    }

    @Test
    void hasTheFieldsOfTheContractInItsStatus() throws Exception {
        fixture.filled();
        fixture.source.schemaChanged(Set.of(CUSTOMERS.table()));
        fixture.source.change(Operation.UPDATE, CUSTOMERS, 7, "1001", "\"Sal\"", "null");

        var status = json(fixture.get("/api/status"));

        assertThat(status.get("runner").asText()).isEqualTo("embedded");
        assertThat(status.get("engine").asText()).isEqualTo("debezium");
        assertThat(status.get("state").asText()).isEqualTo("STREAMING");
        assertThat(status.get("ready").asBoolean()).isTrue();
        assertThat(status.get("position").asText()).isEqualTo("0/3E9");
        assertThat(status.get("events").asLong()).isEqualTo(5);
        for (var number : List.of(
                "eventsPerSecond", "staleIgnored", "badRecords", "unavailableValues", "lagBytes", "uptimeSeconds")) {
            assertThat(status.get(number).isNumber()).as(number).isTrue();
        }
        assertThat(status.get("heartbeatAgeSeconds").asDouble()).isEqualTo(0.5);
        assertThat(status.get("latencyMillis").fieldNames())
                .toIterable()
                .containsExactly("count", "p50", "p90", "p99", "max");
        assertThat(status.get("latencyMillis").get("count").asLong()).isEqualTo(1);
        assertThat(status.get("stages").get("capturedToApplied").get("count").asLong())
                .isEqualTo(1);
        var last = status.get("lastChange");
        assertThat(last.get("table").asText()).isEqualTo("inventory.customers");
        assertThat(last.get("op").asText()).isEqualTo("update");
        assertThat(last.get("lsn").asText()).isEqualTo("0/3E9");
        assertThat(last.get("commitTime").asText()).matches("2.*\\.\\d{6}Z");
        assertThat(last.get("stagesMillis").get("commitToCaptured").asDouble()).isEqualTo(1);
        assertThat(last.get("totalMillis").isNumber()).isTrue();
        assertThat(status.get("schemaChanged").get(0).asText()).isEqualTo("inventory.customers");
        assertThat(status.get("leftOutTables")).hasToString("[\"a.b.secrets\"]");
        var table = status.get("tables").get(1);
        assertThat(table.get("table").asText()).isEqualTo("inventory.customers");
        assertThat(table.get("size").asLong()).isEqualTo(3);
        assertThat(table.get("reads").asLong()).isEqualTo(3);
        assertThat(table.get("updates").asLong()).isEqualTo(1);
        assertThat(table.get("creates").asLong()).isZero();
        assertThat(table.get("deletes").asLong()).isZero();
        assertThat(table.get("truncates").asLong()).isZero();
    }

    @Test
    void givesMetricsInPrometheusText() throws Exception {
        fixture.filled();
        fixture.source.change(Operation.UPDATE, CUSTOMERS, 7, "1001", "\"Sal\"", "null");

        var answer = fixture.get("/metrics");

        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        assertThat(answer.body())
                .contains("localcdc_table_rows{table=\"inventory.customers\"} 3.0")
                .contains("localcdc_changes_total{op=\"update\",table=\"inventory.customers\"} 1.0")
                .contains("localcdc_state{state=\"streaming\"} 1.0")
                .contains("localcdc_ready 1.0")
                .contains("localcdc_lag_bytes 42.0")
                .contains("localcdc_latency_seconds_count 1")
                .contains("localcdc_latency_seconds_bucket{le=\"+Inf\"} 1")
                .contains("localcdc_stage_latency_seconds_count{stage=\"captured_to_applied\"} 1")
                .contains("localcdc_info{")
                .contains("table=\"a.b/c.d %2E.é日\\\"?#\"")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void pagesThroughATableInAStableOrder() throws Exception {
        var rows = new ArrayList<List<String>>();
        for (int i = 0; i < 25; i++) {
            rows.add(List.of(Integer.toString(i * 37 % 25), "\"n\"", "null"));
        }
        fixture.source.snapshot(Map.of(CUSTOMERS, rows));

        var seen = new ArrayList<Integer>();
        var path = "/api/tables/inventory.customers?limit=7";
        for (var next = path; next != null; ) {
            var page = json(fixture.get(next));
            page.get("entries")
                    .forEach(entry -> seen.add(entry.get("key").get("id").asInt()));
            next = page.get("next").isNull()
                    ? null
                    : path + "&after=" + page.get("next").asText();
        }

        assertThat(seen).hasSize(25);
        assertThat(new HashSet<>(seen)).hasSize(25);
        assertThat(json(fixture.get(path)).get("entries"))
                .hasSize(7)
                .first()
                .hasToString("{\"table\":\"inventory.customers\",\"key\":{\"id\":0},"
                        + "\"row\":{\"id\":0,\"name\":\"n\",\"note\":null},\"lsn\":\"0/1F4\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/tables/inventory.customers?limit=0, 400",
        "/api/tables/inventory.customers?limit=x, 400",
        "/api/tables/inventory.customers?after=nonsense, 400",
        "/api/tables/customers, 400",
        "/api/tables/inventory.%ZZ, 400",
        "/api/tables/inventory.%FF, 400",
        "/api/tables/inventory.nothing, 404",
        "/api/tables/inventory.customers/rows/abc, 400",
        "/api/tables/inventory.customers/rows/9, 404",
        "/api/nothing, 404",
        "/api/status/more, 404",
        "/api/tables/inventory.customers/rows/1/2, 404",
        "/../../etc/passwd, 400",
    })
    void answersWhatIsWrongAsJson(String path, int code) throws Exception {
        fixture.filled();

        // By hand, since a client of java.net.http would not send some of these.
        var answer = raw("GET " + path + " HTTP/1.1");

        assertThat(answer)
                .startsWith("HTTP/1.1 " + code)
                .contains("application/json")
                .contains("{\"error\":\"");
    }

    private String raw(String requestLine) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), fixture.server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((requestLine + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void refusesAnOverlongOrBrokenRequestAsJson() throws Exception {
        assertThat(raw("GET /api/status?" + "x".repeat(100_000) + " HTTP/1.1"))
                .startsWith("HTTP/1.1 4")
                .contains("{\"error\":\"");
        assertThat(raw("NONSENSE")).startsWith("HTTP/1.1 400");
    }

    /** A server that closes while the client still writes resets the connection, and the client may miss the answer. */
    @ParameterizedTest
    @CsvSource({"/api/verify/x/cut, 410", "/api/nothing, 404", "/api/status, 405"})
    void answersAClientThatIsStillSendingItsBody(String path, int code) throws Exception {
        for (int round = 0; round < 20; round++) {
            assertThat(fixture.post(path, "x".repeat(2_000_000)).statusCode()).isEqualTo(code);
        }
    }

    @Test
    void saysWhichMethodsAreAllowed() throws Exception {
        var answer = fixture.post("/api/status", "");

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD");
        assertThat(json(answer).get("error").asText()).contains("POST");
    }

    @Test
    void answersHeadLikeGetWithoutABody() throws Exception {
        fixture.filled();
        for (var path : List.of(
                "/api/status",
                "/livez",
                "/metrics",
                "/api/tables/inventory.customers/dump",
                "/api/events",
                "/api/tables/inventory.customers")) {
            var answer = fixture.send(fixture.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.body()).isEmpty();
        }
    }

    @Test
    void findsARowByItsKey() throws Exception {
        fixture.filled();

        var row = fixture.get("/api/tables/inventory.customers/rows/1003");

        assertThat(row.statusCode()).isEqualTo(200);
        assertThat(row.body())
                .isEqualTo("{\"table\":\"inventory.customers\",\"key\":{\"id\":1003},"
                        + "\"row\":{\"id\":1003,\"name\":\"é\"},\"lsn\":\"0/1F4\",\"unavailable\":[\"note\"]}");
    }

    @Test
    void addsWhatTheRunnerKnowsToTheAnswerForAMissingRow() throws Exception {
        fixture.filled();

        assertThat(json(fixture.get("/api/tables/inventory.customers/rows/9")).get("partitions"))
                .hasToString("[0,3]");
    }

    @Test
    void takesNamesAndKeysOfAnyCharacters() throws Exception {
        fixture.filled();
        var path = "/api/tables/" + encoded(ODD.table().pathForm());

        var row = fixture.get(path + "/rows/" + encoded("a,b/c") + ",2");

        assertThat(row.statusCode()).isEqualTo(200);
        assertThat(json(row).get("key").toString()).isEqualTo("{\"x\":\"a,b/c\",\"y\":2}");
        assertThat(json(fixture.get(path)).get("entries")).hasSize(1);
        assertThat(fixture.get(path + "/dump").body().lines()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".",
                "..",
                "",
                "/",
                "//",
                "%2F",
                "a;b",
                "a b",
                "+",
                "\t",
                "日本",
                "\uD83D\uDE00",
                "%",
                "?",
                "#",
                "\\"
            })
    void takesAnyTextAsAKey(String key) throws Exception {
        var shape = new localcdc.core.event.RowShape(new TableId("s", "t"), List.of("k"), 0);
        fixture.source.snapshot(Map.of(
                shape, List.of(List.of(new String(localcdc.core.event.JsonText.quoted(key), StandardCharsets.UTF_8)))));

        var answer = raw("GET /api/tables/s.t/rows/" + everythingEncoded(key) + " HTTP/1.1");

        assertThat(answer).startsWith("HTTP/1.1 200");
    }

    private static String everythingEncoded(String text) {
        var out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            out.append('%').append(String.format("%02X", b));
        }
        return out.toString();
    }

    @Test
    void saysThatThereIsNoTableYetBeforeTheFirstSnapshot() throws Exception {
        assertThat(fixture.get("/api/tables/inventory.customers").statusCode()).isEqualTo(503);
    }

    @Test
    void servesTheRunnersOwnRoutes() throws Exception {
        assertThat(fixture.get("/api/own/a%2Fb/more").body()).isEqualTo("{\"one\":\"a/b\"}");
    }

    @Test
    void answersABugWithoutShowingIt() throws Exception {
        var answer = fixture.post("/api/bug", "");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("planted");
    }

    @Test
    void refusesWritesFromPagesOfOtherOrigins() throws Exception {
        fixture.filled();
        var post = HttpRequest.BodyPublishers.noBody();

        assertThat(fixture.send(fixture.request("/api/verify")
                                .header("Origin", "http://evil.example")
                                .POST(post))
                        .statusCode())
                .isEqualTo(403);
        assertThat(fixture.send(fixture.request("/api/verify")
                                .header("Origin", "null")
                                .POST(post))
                        .statusCode())
                .isEqualTo(403);
        assertThat(fixture.send(fixture.request("/api/verify")
                                .header("Origin", fixture.server.url())
                                .POST(post))
                        .statusCode())
                .isEqualTo(200);
        assertThat(fixture.send(fixture.request("/api/status").header("Origin", "http://evil.example"))
                        .headers()
                        .map())
                .doesNotContainKey("access-control-allow-origin");
    }

    @Test
    void servesAPageThatRunsNothingOfOthers() throws Exception {
        var page = fixture.get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'")
                .doesNotContain("unsafe");
        assertThat(page.body()).doesNotContain("http://").doesNotContain("https://");
        assertThat(fixture.get("/page.js").body()).doesNotContain("innerHTML").doesNotContain("eval(");
        assertThat(fixture.get("/page.css").statusCode()).isEqualTo(200);
    }

    @Test
    void takesTheNextFreePortWhenNoneWasGiven() throws Exception {
        try (var taken = socketAt(RunnerSettings.DEFAULT_HTTP_PORT);
                var server = StatusServer.of(fixture.status, new TestKeys()).start()) {
            assertThat(taken == null || taken.isBound()).isTrue();
            assertThat(server.port()).isGreaterThan(RunnerSettings.DEFAULT_HTTP_PORT);
        }
    }

    /** Takes the port, or null where somebody else has it already, which serves as well. */
    private static ServerSocket socketAt(int port) throws IOException {
        try {
            return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        } catch (java.net.BindException e) {
            return null;
        }
    }

    @Test
    void refusesAPortThatWasGivenAndIsTaken() {
        var server = StatusServer.of(fixture.status, new TestKeys())
                .address("127.0.0.1", OptionalInt.of(fixture.server.port()));

        assertThatThrownBy(server::start).isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.sentences())
                .contains("127.0.0.1:" + fixture.server.port())
                .contains("--http-port"));
    }

    @Test
    void refusesAHostThatIsNone() {
        var server = StatusServer.of(fixture.status, new TestKeys()).address("no.such.host.invalid", OptionalInt.of(0));

        assertThatThrownBy(server::start).isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.sentences())
                .contains("no.such.host.invalid")
                .contains("--http-host"));
    }

    @Test
    void sendsNoBodyAsStringHandlerTwiceOverOneConnection() throws Exception {
        fixture.filled();
        for (int i = 0; i < 3; i++) {
            assertThat(fixture.client()
                            .send(fixture.request("/api/status").build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
        }
    }
}
