package localcdc.common.http;

import static localcdc.common.http.ServerFixture.CUSTOMERS;
import static localcdc.common.http.ServerFixture.ODD;
import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import localcdc.common.cli.UsageException;
import localcdc.common.verify.ReportJson;
import localcdc.core.event.RowShape;
import localcdc.core.event.TableId;
import localcdc.core.source.SourceException;
import localcdc.core.verify.Mismatch;
import localcdc.core.verify.TableReport;
import localcdc.core.verify.VerifyReport;
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

    private static TableReport table(RowShape shape, long different) {
        return new TableReport(shape.table(), 3, 0, 0, different, 0, List.of("ssn"), List.of());
    }

    /** Of a row whose numbers another writer of JSON would write otherwise. */
    private static VerifyReport different() {
        return new VerifyReport(
                List.of(table(CUSTOMERS, 1), table(ODD, 0)),
                List.of(TableId.parse("a.b")),
                List.of(new Mismatch(
                        CUSTOMERS.table(),
                        Mismatch.Kind.DIFFERENT,
                        "{\"id\":1}",
                        "{\"n\":1.10, \"n\":-0.0}",
                        "{\"n\":0.0000001}")),
                "");
    }

    private static ServerFixture fixture() throws SourceException {
        return ServerFixture.comparingWith(() -> {
                    throw new UsageException("not asked");
                })
                .filled();
    }

    @Test
    void keepsWhatTheCommandHasFound() throws Exception {
        var report = different().toJson();
        try (var fixture = fixture()) {
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

    @Test
    void takesNoResultThatSaysNothingOfTheWholeMap() throws Exception {
        var oneTable = new VerifyReport(List.of(table(CUSTOMERS, 0)), List.of(), List.of(), "");
        var twice = new VerifyReport(
                List.of(table(CUSTOMERS, 0), table(CUSTOMERS, 0), table(ODD, 0)), List.of(), List.of(), "");
        var undecided = new VerifyReport(
                List.of(
                        table(CUSTOMERS, 0),
                        new TableReport(ODD.table(), 0, 0, 0, 0, 0, List.of(), List.of("No right to read."))),
                List.of(),
                List.of(),
                "");
        try (var fixture = fixture()) {
            for (var report : List.of(oneTable, twice, undecided)) {
                var answer = tell(fixture, "{\"seconds\":1,\"report\":" + report.toJson() + "}");
                assertThat(answer.statusCode()).isEqualTo(409);
            }
            assertThat(json(fixture.get("/api/trust")).path("latest").isNull()).isTrue();
        }
    }

    @Test
    void takesNoResultWhileTheMapIsNotWhole() throws Exception {
        try (var fixture = ServerFixture.comparingWith(() -> {
            throw new UsageException("not asked");
        })) {
            var answer =
                    tell(fixture, "{\"seconds\":1,\"report\":" + different().toJson() + "}");

            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(answer.body()).contains("not ready");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[",
                "null",
                "{}",
                "{} {}",
                "{'seconds':-1,'report':REPORT}",
                "{'seconds':1e300,'report':REPORT}",
                "{'seconds':'1','report':REPORT}",
                "{'seconds':1,'report':[]}",
                "{'seconds':1,'report':{'tables':[],'leftOutTables':[],'mismatches':[{}]}}",
                "{'seconds':1,'report':{'tables':[{'table':'nodot'}],'leftOutTables':[],'mismatches':[]}}",
                "{'seconds':1,'report':{'tables':[{'table':'a.b','rowsCompared':'1'}],'leftOutTables':[],'mismatches':[]}}",
                "{'seconds':1,'report':{'tables':[{'table':'a.b','rowsCompared':9999999999999}],'leftOutTables':[],'mismatches':[]}}",
                "{'seconds':1,'report':{'tables':[],'leftOutTables':['a.\\ud800'],'mismatches':[]}}",
                "{'seconds':1,'report':{'tables':[],'leftOutTables':[],'mismatches':[MISMATCH]}}",
            })
    void refusesWhatIsNoReport(String body) throws Exception {
        var report = different().toJson();
        var mismatch = report.substring(report.indexOf("\"mismatches\":[") + 14, report.lastIndexOf(']'));
        try (var fixture = fixture()) {
            var answer = tell(
                    fixture, body.replace('\'', '"').replace("REPORT", report).replace("MISMATCH", mismatch));

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body())
                    .contains("That is no report of a comparison: ")
                    .doesNotContain("Exception");
            assertThat(json(fixture.get("/api/trust")).path("latest").isNull()).isTrue();
        }
    }

    @Test
    void readsNoMoreThanAReportNeeds() throws Exception {
        try (var fixture = fixture()) {
            assertThat(tell(fixture, " ".repeat(ReportJson.BYTES + 1)).statusCode())
                    .isEqualTo(413);
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
