package localcdc.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.OptionalInt;
import localcdc.common.http.WebServer;
import localcdc.core.source.SourceException;
import localcdc.lab.PageClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadEndpointsTest {

    private static final Pace BEFORE = new Pace(20, 3, WorkloadMix.UPDATES, true);

    private SteadyWorkload workload;
    private WebServer server;
    private PageClient page;

    @BeforeEach
    void serve() throws SourceException {
        workload = new SteadyWorkload(
                () -> {
                    throw new SQLException("no database is needed to refuse");
                },
                new WorkloadPlan(1),
                BEFORE);
        var endpoints = new WorkloadEndpoints(() -> workload);
        server = WebServer.at("127.0.0.1", OptionalInt.of(0))
                .route("GET", "/api/workload", endpoints::show)
                .control("PUT", "/api/workload", endpoints::set)
                .control("POST", "/api/workload/burst", endpoints::burst)
                .start();
        page = new PageClient(server.url());
    }

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"rate\":-1}                     | rate is -1.0; it must be a number from 0 to 10000.",
                "{\"rate\":10001}                  | rate is 10001.0; it must be a number from 0 to 10000.",
                "{\"rate\":1e999}                  | rate is Infinity; it must be a number from 0 to 10000.",
                "{\"rate\":\"20\"}                 | rate is \"20\"; it must be a number from 0 to 10000.",
                "{\"rate\":null}                   | rate is null; it must be a number from 0 to 10000.",
                "{\"rate\":[20]}                   | rate is [20]; it must be a number from 0 to 10000.",
                "{\"transaction\":0}               | transaction is 0; it must be a whole number from 1 to 10000.",
                "{\"transaction\":-5}              | transaction is -5; it must be a whole number from 1 to 10000.",
                "{\"transaction\":10001}           | transaction is 10001; it must be a whole number from 1 to 10000.",
                "{\"transaction\":4294967297}      | transaction is 4294967297; it must be a whole number from 1 to 10000.",
                "{\"transaction\":1.5}             | transaction is 1.5; it must be a whole number from 1 to 10000.",
                "{\"transaction\":true}            | transaction is true; it must be a whole number from 1 to 10000.",
                "{\"mix\":\"UPDATES\"}             | mix is \"UPDATES\"; it must be balanced, inserts, updates or deletes.",
                "{\"mix\":7}                       | mix is 7; it must be balanced, inserts, updates or deletes.",
                "{\"mix\":null}                    | mix is null; it must be balanced, inserts, updates or deletes.",
                "{\"paused\":\"false\"}            | paused is \"false\"; it must be true or false.",
                "{\"paused\":0}                    | paused is 0; it must be true or false.",
                "{\"rate\":5,\"transaction\":0}    | transaction is 0; it must be a whole number from 1 to 10000.",
                "{\"rate\":5,\"speed\":1}          | There is no field 'speed' here, but rate, transaction, mix, paused.",
                "[20]                              | The request's body must be a JSON object.",
            })
    void refusesWhatIsNoPaceAndSaysWhatIs(String body, String error) {
        var answer = page.put("/api/workload", body);

        assertThat(answer.error()).isEqualTo(error);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(workload.pace()).isEqualTo(BEFORE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                    | missing",
                "{\"changes\":0}       | 0",
                "{\"changes\":-1}      | -1",
                "{\"changes\":1000001} | 1000001",
                "{\"changes\":1e999}   | \"Infinity\"",
                "{\"changes\":2.5}     | 2.5",
                "{\"changes\":\"10\"}  | \"10\"",
                "{\"changes\":null}    | null",
                "{\"changes\":{}}      | {}",
            })
    void refusesWhatIsNoBurstAndSaysWhatIs(String body, String found) {
        var answer = page.post("/api/workload/burst", body);

        assertThat(answer.error())
                .isEqualTo("changes is " + found + "; it must be a whole number from 1 to 1000000, those that are"
                        + " still to be made included.");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(workload.burstLeft()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rate=5", "{\"rate\":NaN}", "{\"rate\":", "{\"changes\":NaN}", "null", "\"5\""})
    void refusesWhatIsNoJsonObject(String body) {
        for (var answer :
                new PageClient.Answer[] {page.put("/api/workload", body), page.post("/api/workload/burst", body)}) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.error()).startsWith("The request's body").contains("JSON");
        }
        assertThat(workload.pace()).isEqualTo(BEFORE);
        assertThat(workload.burstLeft()).isZero();
    }

    @Test
    void countsWhatIsStillToBeMadeOfABurst() {
        assertThat(page.post("/api/workload/burst", "{\"changes\":999999}").status())
                .isEqualTo(202);

        assertThat(page.post("/api/workload/burst", "{\"changes\":2}").status()).isEqualTo(400);
        assertThat(page.post("/api/workload/burst", "{\"changes\":1}").status()).isEqualTo(202);
        assertThat(workload.burstLeft()).isEqualTo(1_000_000);
    }

    @Test
    void setsWhatTheBodyNamesAndNothingElse() {
        assertThat(page.put("/api/workload", "{}").status()).isEqualTo(200);
        assertThat(workload.pace()).isEqualTo(BEFORE);

        var answer = page.put("/api/workload", "{\"rate\":0.5,\"transaction\":10.0,\"mix\":\"deletes\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(workload.pace()).isEqualTo(new Pace(0.5, 10, WorkloadMix.DELETES, true));
        assertThat(answer.body()).isEqualTo(page.get("/api/workload"));
    }

    @Test
    void saysThatThereIsNoWorkloadYet() {
        workload = null;

        var answer = page.put("/api/workload", "{\"rate\":5}");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.error()).contains("is starting");
    }
}
