package localcdc.common.http;

import static localcdc.common.http.ServerFixture.CUSTOMERS;
import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import localcdc.core.event.Operation;
import org.junit.jupiter.api.Test;

class DumpTest {

    private static final int ROWS = 1000;

    private static List<List<String>> rows(int count, String name) {
        var rows = new ArrayList<List<String>>();
        for (int i = 0; i < count; i++) {
            rows.add(List.of(Integer.toString(i), name, "null"));
        }
        return rows;
    }

    @Test
    void isOnePointInTimeWhileTheWriterGoesOn() throws Exception {
        try (var fixture = new ServerFixture()) {
            fixture.source.snapshot(Map.of(CUSTOMERS, rows(ROWS, "\"0\"")));
            var over = new AtomicBoolean();
            // Round n writes n to every row in the order of the keys, so at any moment a prefix is one ahead of the
            // rest.
            var writer = new Thread(() -> {
                for (int round = 1; !over.get(); round++) {
                    for (int i = 0; i < ROWS; i++) {
                        fixture.source.change(
                                Operation.UPDATE, CUSTOMERS, round, Integer.toString(i), "\"" + round + "\"", "null");
                    }
                }
            });
            writer.start();
            try {
                for (int n = 0; n < 10; n++) {
                    var answer = fixture.get("/api/tables/inventory.customers/dump");
                    assertThat(answer.statusCode()).isEqualTo(200);
                    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
                    assertConsistent(answer);
                }
            } finally {
                over.set(true);
                writer.join();
            }
        }
    }

    private static void assertConsistent(HttpResponse<String> answer) throws IOException {
        var roundById = new HashMap<Integer, Integer>();
        for (var line : answer.body().lines().toList()) {
            var row = json(line).get("row");
            roundById.put(
                    row.get("id").asInt(), Integer.parseInt(row.get("name").asText()));
        }
        assertThat(roundById).hasSize(ROWS);
        for (int i = 1; i < ROWS; i++) {
            assertThat(roundById.get(i - 1) - roundById.get(i))
                    .as("rows %d and %d", i - 1, i)
                    .isBetween(0, 1);
        }
        assertThat(roundById.get(0) - roundById.get(ROWS - 1)).isBetween(0, 1);
    }

    @Test
    void runsFourTimesAtOnceAndCutsAReaderThatStalls() throws Exception {
        try (var fixture = new ServerFixture(Duration.ofMillis(500))) {
            // More than the sockets' buffers hold, so that an unread dump stays under way.
            fixture.source.snapshot(Map.of(CUSTOMERS, rows(2000, '"' + "x".repeat(20_000) + '"')));
            var readers = new ArrayList<InputStream>();
            for (int i = 0; i < TableEndpoints.DUMPS_AT_ONCE; i++) {
                readers.add(fixture.client()
                        .send(
                                fixture.request("/api/tables/inventory.customers/dump")
                                        .build(),
                                HttpResponse.BodyHandlers.ofInputStream())
                        .body());
            }

            var fifth = fixture.get("/api/tables/inventory.customers/dump");

            assertThat(fifth.statusCode()).isEqualTo(503);
            assertThat(fifth.headers().firstValue("Retry-After")).isPresent();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> fixture.send(fixture.request("/api/tables/inventory.customers/dump")
                                            .method("HEAD", java.net.http.HttpRequest.BodyPublishers.noBody()))
                                    .statusCode()
                            == 200);
            // The others may have been read in time, now that somebody reads.
            assertThat(readers.stream().map(DumpTest::endsBroken).toList()).contains(true);
        }
    }

    /** Whether the body breaks off rather than ending as a whole one does. */
    private static boolean endsBroken(InputStream body) {
        try (body) {
            body.transferTo(java.io.OutputStream.nullOutputStream());
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
