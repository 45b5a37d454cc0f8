package localcdc.common.http;

import static localcdc.common.http.ServerFixture.CUSTOMERS;
import static localcdc.common.http.ServerFixture.ODD;
import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import localcdc.core.event.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class LiveEventsTest {

    private static HttpResponse<InputStream> follow(ServerFixture fixture) throws Exception {
        return follow(fixture, "");
    }

    private static HttpResponse<InputStream> follow(ServerFixture fixture, String query) throws Exception {
        return fixture.client()
                .send(fixture.request("/api/events" + query).build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    /** The next event of this name; nothing of another name may come before. */
    private static JsonNode next(BufferedReader lines, String event) throws Exception {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event: ")) {
                assertThat(line).isEqualTo("event: " + event);
                return json(nextData(lines));
            }
        }
        throw new AssertionError("the stream has ended");
    }

    private static List<String> notes(JsonNode summary) {
        var notes = new ArrayList<String>();
        summary.get("changes")
                .forEach(change -> notes.add(change.path("row").path("note").asText("-")));
        return notes;
    }

    private static void update(ServerFixture fixture, int number) {
        fixture.source.change(Operation.UPDATE, CUSTOMERS, number, "1001", "\"x\"", "\"" + number + "\"");
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
    void sumsUpForWhoAsksForSummaries() throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            update(fixture, 1);
            try (var lines = lines(follow(fixture, "?every=25&newest=2"))) {
                assertThat(notes(next(lines, "latest"))).startsWith("1");
                int changes = 20_000;
                for (int i = 2; i < 2 + changes; i++) {
                    update(fixture, i);
                }

                long seen = 0;
                long matching = 0;
                long lost = 0;
                var shown = List.<String>of();
                while (seen + lost < changes) {
                    var summary = next(lines, "changes");
                    seen += summary.get("seen").asLong();
                    matching += summary.get("matching").asLong();
                    lost += summary.get("lost").asLong();
                    shown = notes(summary);
                    assertThat(shown).hasSizeLessThanOrEqualTo(2);
                }
                assertThat(seen + lost).isEqualTo(changes);
                assertThat(matching).isEqualTo(seen);
                assertThat(shown).first().isEqualTo(String.valueOf(1 + changes));
            }
        }
    }

    @Test
    void showsFewerWhereThereAreMoreThanCouldBeShown() throws Exception {
        try (var fixture = new ServerFixture().filled();
                var lines = lines(follow(fixture, "?every=1000&newest=4&ofMany=2"))) {
            next(lines, "latest");
            int changes = 1000;
            for (int i = 0; i < changes; i++) {
                update(fixture, i);
            }

            boolean ofMany = false;
            for (long matching = 0, all = 0; all < changes; all += matching) {
                var summary = next(lines, "changes");
                matching = summary.get("matching").asLong();
                ofMany |= matching > 4;
                assertThat(notes(summary)).hasSize(matching > 4 ? 2 : (int) matching);
            }
            assertThat(ofMany).isTrue();
        }
    }

    @Test
    void countsNothingFromBeforeItCame() throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            for (int i = 0; i < 10_000; i++) {
                update(fixture, i);
            }
            try (var lines = lines(follow(fixture, "?every=25&newest=1"))) {
                assertThat(notes(next(lines, "latest"))).containsExactly("9999");

                update(fixture, 10_000);

                var first = next(lines, "changes");
                assertThat(first.get("seen").asLong()).isEqualTo(1);
                assertThat(first.get("lost").asLong()).isZero();
                assertThat(notes(first)).containsExactly("10000");
            }
        }
    }

    @Test
    void sumsUpOnlyWhatIsAskedFor() throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            fixture.source.change(Operation.CREATE, ODD, 1, "\"before\"", "3");
            fixture.source.delete(CUSTOMERS, 2, "1001");
            try (var byKey = lines(follow(fixture, "?every=25&key=1001"));
                    var byTable = lines(follow(fixture, "?every=25&table=inventory.customers&op=update&op=truncate"));
                    var byText = lines(follow(fixture, "?every=25&text=FINDABLE&newest=0"))) {
                var remembered = next(byKey, "latest").get("changes");
                assertThat(remembered.get(0).get("op").asText()).isEqualTo("delete");
                assertThat(remembered)
                        .allSatisfy(one -> assertThat(one.get("table").asText()).isEqualTo("inventory.customers"));
                assertThat(next(byTable, "latest").get("changes")).isEmpty();
                assertThat(next(byText, "latest").get("changes")).isEmpty();

                fixture.source.change(Operation.CREATE, CUSTOMERS, 3, "1001", "\"x\"", "\"a\"");
                fixture.source.change(Operation.UPDATE, CUSTOMERS, 4, "1002", "\"findable\"", "\"b\"");
                fixture.source.truncate(CUSTOMERS, 5);

                assertThat(all(byKey, 3)).containsExactly("matching 2", "create", "truncate");
                assertThat(all(byTable, 3)).containsExactly("matching 2", "update", "truncate");
                assertThat(all(byText, 3)).containsExactly("matching 1");
            }
        }
    }

    /** What the summaries of so many changes say: how many matched, and the operations in their order. */
    private static List<String> all(BufferedReader lines, int changes) throws Exception {
        long matching = 0;
        var operations = new ArrayList<String>();
        for (long seen = 0; seen < changes; ) {
            var summary = next(lines, "changes");
            seen += summary.get("seen").asLong();
            matching += summary.get("matching").asLong();
            for (int i = summary.get("changes").size() - 1; i >= 0; i--) {
                operations.add(summary.get("changes").get(i).get("op").asText());
            }
        }
        operations.add(0, "matching " + matching);
        return operations;
    }

    @Test
    void filtersSingleEventsToo() throws Exception {
        try (var fixture = new ServerFixture().filled();
                var lines = lines(follow(fixture, "?op=delete&table=inventory.customers"))) {
            update(fixture, 1);
            fixture.source.delete(CUSTOMERS, 2, "1002");

            assertThat(json(nextData(lines)).get("op").asText()).isEqualTo("delete");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "every=24, every is '24'; it must be a number from 25 to 60000.",
        "every=x, every is 'x'; it must be a number from 25 to 60000.",
        "every=100&newest=5&ofMany=6, ofMany is '6'; it must be a number from 0 to 5.",
        "every=100&newest=-1, newest is '-1'; it must be a number from 0 to 1000.",
        "op=upsert, op is 'upsert'",
        "table=customers, The table must be given as schema.table",
    })
    void refusesWhatCannotBeFollowed(String query, String reason) throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            var answer = fixture.get("/api/events?" + query);

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(json(answer).get("error").asText()).startsWith(reason);
            assertThat(fixture.get("/metrics").body()).contains("localcdc_live_clients 0.0");
        }
    }

    @Test
    void missesNoneInTheCountsOfManyLargeChanges() throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            try (var lines = lines(follow(fixture, "?every=25&newest=100"))) {
                next(lines, "latest");
                var large = '"' + "x".repeat(20_000) + '"';
                int changes = 5000;

                for (int i = 0; i < changes; i++) {
                    fixture.source.change(Operation.UPDATE, CUSTOMERS, i, "1001", large, "null");
                }

                long counted = 0;
                while (counted < changes) {
                    var summary = next(lines, "changes");
                    counted +=
                            summary.get("seen").asLong() + summary.get("lost").asLong();
                }
                assertThat(counted).isEqualTo(changes);
            }
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
