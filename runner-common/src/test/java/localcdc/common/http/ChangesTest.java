package localcdc.common.http;

import static localcdc.common.http.ServerFixture.CUSTOMERS;
import static localcdc.common.http.ServerFixture.ODD;
import static localcdc.common.http.ServerFixture.encoded;
import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import localcdc.core.event.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChangesTest {

    private static final String CUSTOMER = "/api/tables/inventory.customers/rows/";

    private static List<String> names(JsonNode changes) {
        var names = new ArrayList<String>();
        changes.get("changes")
                .forEach(change -> names.add(change.get("op").asText() + " "
                        + change.path("row").path("name").asText("-")));
        return names;
    }

    @Test
    void tellsARowsChangesTheNewestFirst() throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            fixture.source.change(Operation.UPDATE, CUSTOMERS, 7, "1001", "\"Sal\"", "null");
            fixture.source.change(Operation.UPDATE, CUSTOMERS, 8, "1002", "\"other\"", "null");
            fixture.source.delete(CUSTOMERS, 9, "1001");

            var history = json(fixture.get(CUSTOMER + "1001/changes"));
            assertThat(names(history)).startsWith("delete -", "update Sal").doesNotContain("update other");
            assertThat(history.get("changes").get(1).get("before").get("name").asText())
                    .isEqualTo("Sally");
            assertThat(names(json(fixture.get(CUSTOMER + "1001/changes?limit=1"))))
                    .containsExactly("delete -");

            fixture.source.truncate(CUSTOMERS, 10);
            assertThat(names(json(fixture.get(CUSTOMER + "1002/changes")))).startsWith("truncate -", "update other");
            assertThat(fixture.get(CUSTOMER + "x/changes").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void takesNoEscapeForALetter() throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            fixture.source.change(Operation.UPDATE, CUSTOMERS, 7, "1001", "\"a\\nb\\u001fc\"", "null");

            for (var text : List.of("nb", "01f", "fc", "1f")) {
                assertThat(names(json(fixture.get("/api/changes?op=update&text=" + text))))
                        .as(text)
                        .isEmpty();
            }
            for (var text : List.of("a", "B", "a%0Ab", "a%5Cnb", "b%1Fc", "c")) {
                assertThat(names(json(fixture.get("/api/changes?op=update&text=" + text))))
                        .as(text)
                        .hasSize(1);
            }
        }
    }

    @Test
    void tellsTheLatestChangesOfAllTablesByTableOperationAndText() throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            fixture.source.change(Operation.UPDATE, CUSTOMERS, 7, "1001", "\"Quite Unusual\"", "null");
            fixture.source.change(Operation.CREATE, CUSTOMERS, 8, "1009", "\"new\"", "null");
            fixture.source.change(Operation.CREATE, ODD, 9, "\"k\"", "3");

            assertThat(json(fixture.get("/api/changes?limit=3")).get("changes")).hasSize(3);
            assertThat(names(json(fixture.get("/api/changes?table=inventory.customers&limit=2"))))
                    .containsExactly("create new", "update Quite Unusual");
            assertThat(names(json(fixture.get("/api/changes?op=update")))).containsExactly("update Quite Unusual");
            assertThat(names(json(fixture.get("/api/changes?text=unUSUAL")))).containsExactly("update Quite Unusual");
            assertThat(fixture.get("/api/changes?op=upsert").statusCode()).isEqualTo(400);
            assertThat(fixture.get("/api/changes?table=no.such").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void findsEntriesByTextPageByPage() throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            for (int i = 0; i < 30; i++) {
                fixture.source.change(
                        Operation.CREATE,
                        CUSTOMERS,
                        10 + i,
                        Integer.toString(2000 + i),
                        "\"Guest " + i % 3 + "\"",
                        "null");
            }
            var path = "/api/tables/inventory.customers?limit=4&text=" + encoded("gUEST 1");
            var found = new ArrayList<String>();
            var next = "";
            do {
                var page = json(fixture.get(path + next));
                page.get("entries")
                        .forEach(entry -> found.add(entry.get("key").get("id").asText()));
                next = page.get("next").isNull()
                        ? null
                        : "&after=" + encoded(page.get("next").asText());
            } while (next != null);

            assertThat(found).hasSize(10).contains("2001", "2028").doesNotHaveDuplicates();
            assertThat(json(fixture.get("/api/tables/inventory.customers?text=" + encoded("<script>")))
                            .get("entries"))
                    .hasSize(1);
            assertThat(json(fixture.get("/api/tables/inventory.customers?text=nobody"))
                            .get("entries"))
                    .isEmpty();
        }
    }

    @Test
    void tellsTheLatencyOfEachSecondAndItsDistribution() throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            fixture.source.change(Operation.UPDATE, CUSTOMERS, 7, "1001", "\"Sal\"", "null");

            await().untilAsserted(() -> {
                var latency = json(fixture.get("/api/latency"));
                long counted = 0;
                for (var second : latency.get("seconds")) {
                    counted += second.get("count").asLong();
                }
                assertThat(counted).isEqualTo(1);
                long distributed = 0;
                for (var bucket : latency.get("distribution")) {
                    distributed += bucket.get("count").asLong();
                }
                assertThat(distributed).isEqualTo(1);
            });
        }
    }

    @Test
    void tellsTheLatencyFromASecondOn() throws Exception {
        try (var fixture = new ServerFixture().filled()) {
            await().untilAsserted(() ->
                    assertThat(json(fixture.get("/api/latency")).get("seconds")).hasSizeGreaterThan(1));

            var later = json(fixture.get("/api/latency?from=1"));
            assertThat(later.get("from").asInt()).isEqualTo(1);
            assertThat(later.get("seconds")).hasSize(later.get("next").asInt() - 1);

            var ofAnotherStart = json(fixture.get("/api/latency?from=1000"));
            assertThat(ofAnotherStart.get("from").asInt()).isZero();
            assertThat(ofAnotherStart.get("seconds"))
                    .hasSize(ofAnotherStart.get("next").asInt());

            assertThat(fixture.get("/api/latency?from=-1").statusCode()).isEqualTo(400);
        }
    }
}
