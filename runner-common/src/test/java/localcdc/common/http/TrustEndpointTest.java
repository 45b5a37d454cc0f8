package localcdc.common.http;

import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import localcdc.common.cli.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The comparison that the page's button begins; that it finds what there is to find is in VerifyIT. */
class TrustEndpointTest {

    @Test
    void isNotOfferedWhereTheRunnerDoesNotKnowItsPostgres() throws Exception {
        try (var fixture = new ServerFixture()) {
            assertThat(json(fixture.get("/api/trust")))
                    .isEqualTo(json("{\"offered\":false,\"running\":null,\"latest\":null}"));
            assertThat(fixture.post("/api/trust", "").statusCode()).isEqualTo(404);
            assertThat(fixture.get("/metrics").body()).doesNotContain("localcdc_verify");
        }
    }

    @Test
    void runsOneAtATimeAndKeepsWhatItHasFound() throws Exception {
        var asked = new CountDownLatch(1);
        try (var fixture = ServerFixture.comparingWith(() -> {
            awaitLatch(asked);
            throw new UsageException("PGPORT is 'x'; it must be a number from 1 to 65535.");
        })) {
            assertThat(json(fixture.get("/api/trust")))
                    .isEqualTo(json("{\"offered\":true,\"running\":null,\"latest\":null}"));

            var begun = fixture.post("/api/trust", "");
            assertThat(begun.statusCode()).isEqualTo(202);
            assertThat(json(begun).path("running").isObject()).isTrue();
            assertThat(fixture.post("/api/trust", "").statusCode()).isEqualTo(409);
            asked.countDown();

            await().until(() -> json(fixture.get("/api/trust")).path("latest").isObject());
            var latest = json(fixture.get("/api/trust")).path("latest");
            assertThat(latest.path("verdict").asText()).isEqualTo("undecided");
            assertThat(latest.path("reason").asText()).contains("PGPORT is 'x'");
            assertThat(latest.path("report").path("equal").asBoolean(true)).isFalse();
            assertThat(fixture.get("/metrics").body()).contains("localcdc_verify_verdict{verdict=\"undecided\"} 1.0");
        }
    }

    @Test
    void keepsWhatTheCommandHasFound() throws Exception {
        var report =
                "{\"tables\":[{\"table\":\"inventory.customers\",\"rowsCompared\":3,\"missing\":0,\"unexpected\":0,"
                        + "\"different\":1,\"inFlight\":0,\"leftOut\":[\"ssn\"],\"reasons\":[]}],\"equal\":false,\"leftOutTables\":[\"a.b\"],"
                        + "\"mismatches\":[{\"table\":\"inventory.customers\",\"kind\":\"different\",\"key\":{\"id\":1},"
                        + "\"map\":{\"n\":1.10},\"postgres\":{\"n\":12345678901234567890.120}}]}";
        try (var fixture = ServerFixture.comparingWith(() -> {
            throw new UsageException("not asked");
        })) {
            var answer = tell(fixture, "{\"seconds\":1.25,\"report\":" + report + "}");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            var shown = fixture.get("/api/trust").body();
            assertThat(shown).contains("\"report\":" + report);
            var latest = json(shown).path("latest");
            assertThat(latest.path("verdict").asText()).isEqualTo("different");
            assertThat(latest.path("by").asText()).isEqualTo("command");
            assertThat(latest.path("seconds").asDouble()).isEqualTo(1.25);
            assertThat(fixture.get("/metrics").body()).contains("localcdc_verify_differing_rows 1.0");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[",
                "null",
                "{}",
                "{\"seconds\":-1,\"report\":{}}",
                "{\"seconds\":1e300,\"report\":{}}",
                "{\"seconds\":1,\"report\":{\"tables\":[],\"leftOutTables\":[],\"mismatches\":[{}]}}",
                "{\"seconds\":1,\"report\":{\"tables\":[{\"table\":\"nodot\"}],\"leftOutTables\":[],\"mismatches\":[]}}",
                "{\"seconds\":1,\"report\":{\"tables\":[{\"table\":\"a.b\",\"rowsCompared\":\"1\"}],\"leftOutTables\":[],\"mismatches\":[]}}",
            })
    void refusesWhatIsNoReport(String body) throws Exception {
        try (var fixture = ServerFixture.comparingWith(() -> {
            throw new UsageException("not asked");
        })) {
            var answer = tell(fixture, body);

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body())
                    .contains("That is no report of a comparison: ")
                    .doesNotContain("Exception");
            assertThat(json(fixture.get("/api/trust")).path("latest").isNull()).isTrue();
        }
    }

    private static HttpResponse<String> tell(ServerFixture fixture, String body) throws Exception {
        return fixture.send(fixture.request("/api/trust").PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
