package localcdc.common.http;

import static localcdc.common.http.ServerFixture.CUSTOMERS;
import static localcdc.common.http.ServerFixture.ODD;
import static localcdc.common.http.ServerFixture.encoded;
import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import localcdc.common.TestKeys;
import localcdc.core.event.Operation;
import localcdc.core.source.SourceException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VerifyEndpointTest {

    private static final String TABLE = "?table=inventory.customers";

    private ServerFixture fixture;

    @BeforeEach
    void open() throws SourceException {
        fixture = new ServerFixture().filled();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private String session() throws Exception {
        return json(fixture.post("/api/verify", "")).get("session").asText();
    }

    private int cut(String session, String snapshot, String marker) throws Exception {
        var body = "{\"snapshot\":\"" + snapshot + "\",\"marker\":\"" + marker + "\"}";
        return fixture.post("/api/verify/" + session + "/cut", body).statusCode();
    }

    @Test
    void saysWhatIsThereWhenASessionOpens() throws Exception {
        fixture.source.schemaChanged(Set.of(ODD.table()));

        var opened = json(fixture.post("/api/verify", ""));

        assertThat(opened.get("marker").asText())
                .isEqualTo("localcdc-verify-" + opened.get("session").asText());
        assertThat(opened.get("markerPrefix").asText()).isEqualTo("localcdc");
        assertThat(opened.get("state").asText()).isEqualTo("STREAMING");
        assertThat(opened.get("ready").asBoolean()).isTrue();
        var odd = opened.get("tables").get(0);
        assertThat(odd.get("pathForm").asText()).isEqualTo(ODD.table().pathForm());
        assertThat(odd.get("schemaChanged").asBoolean()).isTrue();
        var customers = opened.get("tables").get(1);
        assertThat(customers.get("size").asLong()).isEqualTo(3);
        assertThat(customers.get("leftOut")).hasToString("[\"ssn\"]");
        assertThat(opened.get("leftOutTables")).hasToString("[\"a%2Eb.secrets\"]");
    }

    @Test
    void answersForTheSnapshotWhateverHasChangedSince() throws Exception {
        var session = session();
        fixture.source.change(Operation.UPDATE, CUSTOMERS, 100, "1001", "\"seen\"", "null");
        fixture.source.change(Operation.UPDATE, CUSTOMERS, 105, "1001", "\"in progress\"", "null");
        fixture.source.change(Operation.CREATE, CUSTOMERS, 120, "1004", "\"later\"", "null");
        fixture.source.delete(CUSTOMERS, 121, "1002");
        fixture.source.handler().marker("localcdc-verify-" + session);

        assertThat(cut(session, "100:110:105", "localcdc-verify-" + session)).isEqualTo(200);
        var rows = fixture.post("/api/verify/" + session + "/rows" + TABLE, "[1001]\n[1002]\n[1003]\n[1004]\n[9]\n");

        assertThat(rows.statusCode()).isEqualTo(200);
        assertThat(rows.body().lines())
                .containsExactly(
                        "{\"s\":\"row\",\"row\":{\"id\":1001,\"name\":\"seen\",\"note\":null}}",
                        "{\"s\":\"row\",\"row\":{\"id\":1002,\"name\":\"<script>\",\"note\":\"n\"}}",
                        "{\"s\":\"row\",\"row\":{\"id\":1003,\"name\":\"é\"},\"unavailable\":[\"note\"]}",
                        "{\"s\":\"absent\"}",
                        "{\"s\":\"absent\"}");
        assertThat(json(fixture.get("/api/verify/" + session + "/count" + TABLE)))
                .isEqualTo(json("{\"visible\":3,\"undecided\":0}"));
        assertThat(new HashSet<>(fixture.get("/api/verify/" + session + "/keys" + TABLE)
                        .body()
                        .lines()
                        .toList()))
                .isEqualTo(Set.of("[1001]", "[1002]", "[1003]"));
    }

    @Test
    void saysUndecidedWhereARowWasWrittenBeforeTheOpeningByAnUnseenTransaction() throws Exception {
        fixture.source.change(Operation.UPDATE, CUSTOMERS, 500, "1001", "\"x\"", "null");
        var session = session();
        fixture.source.handler().marker("localcdc-verify-" + session);

        assertThat(cut(session, "100:110:", "localcdc-verify-" + session)).isEqualTo(200);

        assertThat(fixture.post("/api/verify/" + session + "/rows" + TABLE, "[1001]")
                        .body())
                .isEqualTo("{\"s\":\"undecided\"}\n");
        assertThat(json(fixture.get("/api/verify/" + session + "/count" + TABLE)))
                .isEqualTo(json("{\"visible\":2,\"undecided\":1}"));
    }

    @Test
    void cutsAgainForALaterSnapshot() throws Exception {
        var session = session();
        var marker = "localcdc-verify-" + session;
        fixture.source.handler().marker(marker);
        assertThat(cut(session, "100:100:", marker)).isEqualTo(200);
        fixture.source.change(Operation.UPDATE, CUSTOMERS, 100, "1001", "\"new\"", "null");
        fixture.source.handler().marker(marker + "-2");

        assertThat(cut(session, "101:101:", marker + "-2")).isEqualTo(200);

        assertThat(fixture.post("/api/verify/" + session + "/rows" + TABLE, "[1001]")
                        .body())
                .contains("\"new\"");
    }

    @Test
    void takesCompositeKeysAndOddNames() throws Exception {
        var session = session();
        fixture.source.handler().marker("localcdc-verify-" + session);
        assertThat(cut(session, "1:1:", "localcdc-verify-" + session)).isEqualTo(200);
        var table = "?table=" + encoded(ODD.table().pathForm());

        assertThat(fixture.post("/api/verify/" + session + "/rows" + table, "[\"a,b/c\", 2]")
                        .body())
                .isEqualTo("{\"s\":\"row\",\"row\":{\"x\":\"a,b/c\",\"y\":2}}\n");
        assertThat(fixture.get("/api/verify/" + session + "/keys" + table).body())
                .isEqualTo("[\"a,b/c\",2]\n");
    }

    @Test
    void tellsTheLagWhenTheMarkerDoesNotComeBy() throws Exception {
        var session = session();

        var answer = fixture.post(
                "/api/verify/" + session + "/cut",
                "{\"snapshot\":\"1:1:\",\"marker\":\"localcdc-verify-" + session + "\"}");

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(json(answer).get("lagBytes").asLong()).isEqualTo(42);
        assertThat(json(answer).get("position").asText()).isEqualTo("0/0");
    }

    @Test
    void refusesWhatIsWrong() throws Exception {
        var session = session();
        var at = "/api/verify/" + session;
        assertThat(cut(session, "1:1:", "another")).isEqualTo(400);
        assertThat(cut(session, "nonsense", "localcdc-verify-" + session)).isEqualTo(400);
        assertThat(fixture.post(at + "/cut", "nonsense").statusCode()).isEqualTo(400);
        assertThat(fixture.post(at + "/cut", "x".repeat(2_000_000)).statusCode())
                .isEqualTo(413);
        assertThat(fixture.post(at + "/rows" + TABLE, "[1]").statusCode()).isEqualTo(409);
        fixture.source.handler().marker("localcdc-verify-" + session);
        assertThat(cut(session, "1:1:", "localcdc-verify-" + session)).isEqualTo(200);

        var broken = fixture.post(at + "/rows" + TABLE, "[1]\n[2,");
        assertThat(broken.statusCode()).isEqualTo(400);
        assertThat(json(broken).get("error").asText()).startsWith("Line 2:");
        assertThat(fixture.post(at + "/rows", "[1]").statusCode()).isEqualTo(400);
        assertThat(fixture.post(at + "/rows?table=a.b", "[1]").statusCode()).isEqualTo(404);
    }

    @Test
    void answersWhoeverSendsTooMuchAndWhateverComesNext() throws Exception {
        var session = session();
        var much = "x".repeat(2_000_000);

        for (int i = 0; i < 50; i++) {
            assertThat(fixture.post("/api/verify/" + session + "/cut", much).statusCode())
                    .isEqualTo(413);
            assertThat(cut(session, "1:1:", "another")).isEqualTo(400);
        }
    }

    @Test
    void isGoneAfterARebuildOrADelete() throws Exception {
        var session = session();
        fixture.source.handler().marker("localcdc-verify-" + session);
        assertThat(cut(session, "1:1:", "localcdc-verify-" + session)).isEqualTo(200);
        fixture.source.snapshot(Map.of(CUSTOMERS, List.of()));

        assertThat(fixture.get("/api/verify/" + session + "/count" + TABLE).statusCode())
                .isEqualTo(410);
        assertThat(fixture.send(fixture.request("/api/verify/" + session).DELETE())
                        .statusCode())
                .isEqualTo(200);
        assertThat(fixture.send(fixture.request("/api/verify/" + session).DELETE())
                        .statusCode())
                .isEqualTo(200);
        assertThat(cut(session, "1:1:", "localcdc-verify-" + session)).isEqualTo(410);
    }

    @Test
    void opensNoSessionWhileNotReadyAndNoFifthOne() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(fixture.post("/api/verify", "").statusCode()).isEqualTo(200);
        }
        assertThat(fixture.post("/api/verify", "").statusCode()).isEqualTo(429);
        fixture.source.handler().state(localcdc.core.source.SourceState.REBUILDING, "the slot was dropped");

        var answer = fixture.post("/api/verify", "");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(json(answer).get("state").asText()).isEqualTo("REBUILDING");
        assertThat(json(answer).get("error").asText()).contains("the slot was dropped");
    }

    @Test
    void forgetsASessionTenMinutesAfterItsLastUse() throws Exception {
        var clock = new AtomicLong();
        var verify = new VerifyEndpoint(
                fixture.status, new TestKeys(), java.util.Optional::empty, Duration.ofMillis(1), clock::get);
        try (var server = StatusServer.of(fixture.status, new TestKeys())
                .address("127.0.0.1", java.util.OptionalInt.of(0))
                .route("POST", "/v", verify::open)
                .route("POST", "/v/{id}/cut", verify::cut)
                .start()) {
            var request = HttpRequest.newBuilder(java.net.URI.create(server.url() + "/v"))
                    .POST(HttpRequest.BodyPublishers.noBody());
            var session = json(fixture.send(request)).get("session").asText();
            var cut = HttpRequest.newBuilder(java.net.URI.create(server.url() + "/v/" + session + "/cut"))
                    .POST(HttpRequest.BodyPublishers.ofString("{}"));

            clock.addAndGet(Duration.ofMinutes(9).toNanos());
            assertThat(fixture.send(cut).statusCode()).isEqualTo(400);
            clock.addAndGet(Duration.ofMinutes(9).toNanos());
            assertThat(fixture.send(cut).statusCode()).isEqualTo(400);
            clock.addAndGet(Duration.ofMinutes(11).toNanos());

            assertThat(fixture.send(cut).statusCode()).isEqualTo(410);
        }
    }
}
