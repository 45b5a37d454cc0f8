package localcdc.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.OptionalInt;
import localcdc.common.http.WebServer;
import localcdc.lab.PageClient;
import localcdc.stack.SampleDatabase;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowFormIT {

    private static final String ROWS = "SELECT c::text FROM inventory.customers c ORDER BY id";

    private static TestDatabase database;
    private static WebServer server;
    private static PageClient page;

    @BeforeAll
    static void serve() throws Exception {
        database = TestPostgres.shared().createDatabase();
        try (var connection = database.connect()) {
            SampleDatabase.applyTo(connection);
        }
        server = WebServer.at("127.0.0.1", OptionalInt.of(0))
                .control("POST", "/api/rows", new RowForm(database::connect)::change)
                .start();
        page = new PageClient(server.url());
    }

    @AfterAll
    static void close() {
        if (server != null) {
            server.close();
        }
        if (database != null) {
            database.close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"op\":\"update\",\"id\":\"x\"}                | 422 | invalid input syntax for type integer: \"x\"",
                "{\"op\":\"update\",\"id\":\"1001; DROP\"}       | 422 | invalid input syntax for type integer",
                "{\"op\":\"delete\",\"id\":\"1001.5\"}           | 422 | invalid input syntax for type integer: \"1001.5\"",
                "{\"op\":\"delete\",\"id\":2147483648}           | 422 | \"2147483648\" is out of range for type integer",
                "{\"op\":\"update\",\"id\":\"99999999999999999999\"} | 422 | is out of range for type integer",
                "{\"op\":\"update\",\"id\":5}                    | 404 | inventory.customers has no row with id 5.",
                "{\"op\":\"delete\",\"id\":-1}                   | 404 | inventory.customers has no row with id -1.",
                "{\"op\":\"update\",\"firstName\":\"Ada\"}       | 400 | update needs the id of a row.",
                "{\"op\":\"delete\",\"id\":\"\"}                 | 400 | delete needs the id of a row.",
                "{\"op\":\"delete\",\"id\":null}                 | 400 | delete needs the id of a row.",
                "{\"op\":\"insert\",\"id\":1001}                 | 400 | insert takes no id: the row gets the next one.",
                "{\"op\":\"insert\",\"balance\":\"much\"}        | 422 | invalid input syntax for type numeric: \"much\"",
                "{\"op\":\"insert\",\"balance\":\"1,50\"}        | 422 | invalid input syntax for type numeric: \"1,50\"",
                "{\"op\":\"insert\",\"balance\":\"12345678901\"} | 422 | numeric field overflow",
                "{\"op\":\"update\",\"id\":1001,\"balance\":1e999} | 422 | numeric field overflow",
                "{\"op\":\"insert\",\"balance\":true}            | 400 | balance is true; it must be a text.",
                "{\"op\":\"insert\",\"firstName\":[\"Ada\"]}     | 400 | firstName is [\"Ada\"]; it must be a text.",
                "{\"op\":\"insert\",\"firstName\":\"\\u0000\"}   | 422 | invalid byte sequence",
                "{\"op\":\"insert\",\"first_name\":\"Ada\"}      | 400 | There is no field 'first_name' here, but op, id, firstName",
                "{\"op\":\"upsert\",\"id\":1001}                 | 400 | op is \"upsert\"; it must be insert, update or delete.",
                "{\"op\":7}                                      | 400 | op is 7; it must be insert, update or delete.",
                "{}                                              | 400 | op is missing; it must be insert, update or delete.",
                "[]                                              | 400 | must be a JSON object",
                "op=insert                                       | 400 | is not JSON",
            })
    void refusesWhatItCannotDoAndSaysWhy(String body, int status, String error) {
        var before = database.query(ROWS);

        var answer = page.post("/api/rows", body);

        assertThat(answer.error()).contains(error);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(database.query(ROWS)).isEqualTo(before);
    }

    @Test
    void refusesABodyThatIsEmptyOrTooLong() {
        assertThat(page.post("/api/rows", "").status()).isEqualTo(400);

        var answer = page.post("/api/rows", "{\"op\":\"insert\",\"firstName\":\"" + "x".repeat(70_000) + "\"}");

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.error()).contains("longer than 65536 bytes");
    }

    @Test
    void tellsOfAKeyThatSomebodyElseHasTaken() {
        var taken =
                page.post("/api/rows", "{\"op\":\"insert\"}").body().path("id").asInt() + 1;
        database.execute("INSERT INTO inventory.customers (id, first_name) VALUES (" + taken + ", 'by hand')");

        var answer = page.post("/api/rows", "{\"op\":\"insert\",\"firstName\":\"Ada\"}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.error()).contains("duplicate key", "(id)=(" + taken + ") already exists");
        assertThat(page.post("/api/rows", "{\"op\":\"insert\",\"firstName\":\"Ada\"}")
                        .body()
                        .path("id")
                        .asInt())
                .isEqualTo(taken + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<script>alert(1)</script>", "'; DROP TABLE inventory.customers; --", "$1 ?", "\u202eadA 🚲"})
    void keepsTextAsItWasTyped(String name) throws Exception {
        var insert =
                new ObjectMapper().writeValueAsString(Map.of("op", "insert", "firstName", name, "balance", "1.50"));

        int id = page.post("/api/rows", insert).body().path("id").asInt();

        assertThat(database.query("SELECT first_name FROM inventory.customers WHERE id = " + id))
                .containsExactly(name);
    }

    @Test
    void leavesEmptyWhatIsNotNamed() {
        int id = page.post("/api/rows", "{\"op\":\"insert\",\"lastName\":\"\",\"email\":null,\"balance\":\"NaN\"}")
                .body()
                .path("id")
                .asInt();
        assertThat(database.query(values(id))).containsExactly("(,,,NaN)");

        assertThat(page.post("/api/rows", "{\"op\":\"update\",\"id\":" + id + ",\"email\":\"a@b\",\"balance\":-2}")
                        .status())
                .isEqualTo(200);
        assertThat(database.query(values(id))).containsExactly("(,,a@b,-2.00)");

        assertThat(page.post("/api/rows", "{\"op\":\"delete\",\"id\":" + id + "}")
                        .body()
                        .path("id")
                        .asInt())
                .isEqualTo(id);
        assertThat(database.query(values(id))).isEmpty();
    }

    private static String values(int id) {
        return "SELECT ROW(first_name, last_name, email, balance)::text FROM inventory.customers WHERE id = " + id;
    }
}
