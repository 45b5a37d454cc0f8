package localcdc.common.http;

import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import localcdc.core.source.SourceException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code GET /api/rows}. */
class RowsTest {

    private ServerFixture fixture;

    @BeforeEach
    void open() throws SourceException {
        fixture = new ServerFixture();
        fixture.filled();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void givesRowsInTheOrderInWhichTheyWereAskedForAndNullForNone() throws Exception {
        var answer = fixture.get("/api/rows?row=inventory.customers/1002&row=inventory.customers/77"
                + "&row=inventory.customers%2F1001");

        assertThat(answer.statusCode()).isEqualTo(200);
        var rows = json(answer).get("rows");
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0).get("key")).hasToString("{\"id\":1002}");
        assertThat(rows.get(1).isNull()).isTrue();
        assertThat(rows.get(2)).isEqualTo(json(fixture.get("/api/tables/inventory.customers/rows/1001")));
        assertThat(json(answer).get("position").asText()).contains("/");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/rows, 400, There are 0 rows to be shown",
        "/api/rows?row=x, 400, is not a row; write it as TABLE/KEY",
        "/api/rows?row=a.b/1/2, 400, is not a row; write it as TABLE/KEY",
        "/api/rows?row=inventory.customers/abc, 400, That is not a key of inventory.customers",
        "/api/rows?row=no.such/1, 404, The map holds no table"
    })
    void saysWhatIsWrong(String path, int status, String problem) throws Exception {
        var answer = fixture.get(path);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(json(answer).get("error").asText()).contains(problem);
    }
}
