package localcdc.common.http;

import static localcdc.common.http.ServerFixture.CUSTOMERS;
import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import localcdc.core.event.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveEventsTest {

    private static HttpResponse<InputStream> follow(ServerFixture fixture) throws Exception {
        return fixture.client().send(fixture.request("/api/events").build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private static BufferedReader lines(HttpResponse<InputStream> answer) {
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private static String nextData(BufferedReader lines) throws Exception {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("data: ")) {
                return line.substring(6);
            }
        }
        throw new AssertionError("the stream has ended");
    }

    @Test
    void tellsEachChangeWithBothSides() throws Exception {
        try (var fixture = new ServerFixture().filled();
                var lines = lines(follow(fixture))) {
            fixture.source.change(Operation.UPDATE, CUSTOMERS, 7, "1001", "\"</script>\"", "null");
            fixture.source.change(Operation.CREATE, CUSTOMERS, 8, "1005", "\"a\\nb\"", "?");
            fixture.source.delete(CUSTOMERS, 9, "1002");
            fixture.source.truncate(CUSTOMERS, 10);

            var update = json(nextData(lines));
            assertThat(update.fieldNames())
                    .toIterable()
                    .containsExactly("op", "table", "key", "before", "row", "lsn", "txId", "commitTime");
            assertThat(update.get("op").asText()).isEqualTo("update");
            assertThat(update.get("table").asText()).isEqualTo("inventory.customers");
            assertThat(update.get("key")).hasToString("{\"id\":1001}");
            assertThat(update.get("before").get("name").asText()).isEqualTo("Sally");
            assertThat(update.get("row").get("name").asText()).isEqualTo("</script>");
            assertThat(update.get("lsn").asText()).isEqualTo("0/3E9");
            assertThat(update.get("txId").asLong()).isEqualTo(7);
            assertThat(update.get("commitTime").asText())
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
            assertThat(Instant.parse(update.get("commitTime").asText())).isBeforeOrEqualTo(Instant.now());
            var create = json(nextData(lines));
            assertThat(create.get("before").isNull()).isTrue();
            assertThat(create.get("row").get("name").asText()).isEqualTo("a\nb");
            assertThat(create.get("unavailable")).hasToString("[\"note\"]");
            var delete = json(nextData(lines));
            assertThat(delete.get("op").asText()).isEqualTo("delete");
            assertThat(delete.get("key")).hasToString("{\"id\":1002}");
            assertThat(delete.get("row").isNull()).isTrue();
            var truncate = json(nextData(lines));
            assertThat(truncate.get("op").asText()).isEqualTo("truncate");
            assertThat(truncate.get("key").isNull()).isTrue();
        }
    }

    @Test
    void dropsForASlowReaderAndSaysSoInTheStream() throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            var answer = follow(fixture);
            int changes = 30_000;
            var large = '"' + "x".repeat(1000) + '"';

            for (int i = 0; i < changes; i++) {
                fixture.source.change(Operation.UPDATE, CUSTOMERS, i, "1001", large, "\"" + i + "\"");
            }

            long shown = 0;
            long dropped = 0;
            int last = -1;
            try (var lines = lines(answer)) {
                while (shown + dropped < changes) {
                    var data = json(nextData(lines));
                    if (data.has("dropped")) {
                        dropped += data.get("dropped").asLong();
                    } else {
                        shown++;
                        int number =
                                Integer.parseInt(data.get("row").get("note").asText());
                        assertThat(number).isGreaterThan(last);
                        last = number;
                    }
                }
            }
            assertThat(shown + dropped).isEqualTo(changes);
            assertThat(dropped).isPositive();
            assertThat(shown).isPositive();
        }
    }

    @Test
    void cutsAReaderThatStandsStill() throws Exception {
        try (var fixture = new ServerFixture(Duration.ofMillis(500)).filled()) {
            var answer = follow(fixture);
            await().until(() -> fixture.get("/metrics").body().contains("localcdc_live_clients 1.0"));
            var large = '"' + "x".repeat(200_000) + '"';

            await().atMost(Duration.ofSeconds(20)).until(() -> {
                for (int i = 0; i < 50; i++) {
                    fixture.source.change(Operation.UPDATE, CUSTOMERS, i, "1001", large, "null");
                }
                return fixture.get("/metrics").body().contains("localcdc_live_clients 0.0");
            });

            assertThat(fixture.get("/livez").statusCode()).isEqualTo(200);
            answer.body().close();
        }
    }

    @Test
    void letsInOnlySoManyReaders() throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            var readers = new ArrayList<HttpResponse<InputStream>>();
            for (int i = 0; i < LiveEvents.MAX_CLIENTS; i++) {
                readers.add(follow(fixture));
            }

            var refused = fixture.get("/api/events");

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            for (var reader : readers) {
                reader.body().close();
            }
            fixture.source.change(Operation.UPDATE, CUSTOMERS, 1, "1001", "\"x\"", "null");
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                fixture.source.change(Operation.UPDATE, CUSTOMERS, 1, "1001", "\"x\"", "null");
                return fixture.get("/metrics").body().contains("localcdc_live_clients 0.0");
            });
        }
    }
}
