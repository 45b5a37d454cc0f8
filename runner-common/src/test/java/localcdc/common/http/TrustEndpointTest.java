package localcdc.common.http;

import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import localcdc.common.cli.UsageException;
import org.junit.jupiter.api.Test;

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

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
