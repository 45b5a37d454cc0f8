package localcdc.common.http;

import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients send who mean harm or do not know better; the map goes on, and so do the others. */
@Timeout(60)
class HostileRequestsTest extends UnfriendlyClients {

    @ParameterizedTest
    @CsvSource({"66000, 0, 414", "10, 66000, 431", "10, 1000000, 431"})
    void refusesAnOversizedHead(int urlLength, int headerLength, int code) throws Exception {
        assertThat(answer(
                        "GET /api/status?" + "x".repeat(urlLength) + HOST + "X: " + "y".repeat(headerLength) + "\r\n"))
                .startsWith("HTTP/1.1 " + code)
                .contains("application/json")
                .contains("{\"error\":\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/verify", "/api/trust"})
    void refusesALongBodyWhereNoneIsWanted(String path) throws Exception {
        assertThat(answer("POST " + path + HOST + "Content-Length: 200000\r\n\r\n" + "x".repeat(200_000)))
                .startsWith("HTTP/1.1 413")
                .contains("Connection: close");
    }

    @Test
    void refusesALongBodyOfAClientThatWaitsToBeToldToSendIt() throws Exception {
        assertThat(answer("POST " + cutOfASession() + HOST
                        + "Expect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/verify", "/api/trust", "/api/nothing", "/api/status", "cut"})
    void takesOnlySoMuchOfABodyThatDoesNotEnd(String path) throws Exception {
        var chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        try (var connection = connect()) {
            connection.send("POST " + (path.equals("cut") ? cutOfASession() : path) + HOST
                    + "Transfer-Encoding: chunked\r\n\r\n");
            long sent = 0;
            while (!connection.hasHeard() && sent < 100_000_000) {
                connection.sendIfTaken(chunk);
                sent += chunk.length;
            }

            assertThat(sent).isLessThan(100_000_000);
            assertThat(connection.rest()).startsWith("HTTP/1.1 4");
        }
    }

    private static List<String> hostilePaths() {
        var long1 = "x".repeat(60_000);
        return List.of(
                "/api/tables/inventory.customers/rows/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
                "/api/tables/inventory.customers/rows/<script>alert(1)</script>",
                "/api/tables/inventory.customers/rows/..%2f..%2f",
                "/api/tables/inventory.customers/rows/..%2f..%2f..%2fetc%2fpasswd",
                "/api/tables/inventory.customers/rows/../../../../etc/passwd",
                "/api/tables/inventory.customers/rows/..;/..;/",
                "/api/tables/inventory.customers/rows/%00",
                "/api/tables/inventory.customers/rows/1001%00",
                "/api/tables/inventory.customers/rows/%C0%AF",
                "/api/tables/inventory.customers/rows/%ED%A0%80",
                "/api/tables/inventory.customers/rows/%FF%FE",
                "/api/tables/inventory.customers/rows/%",
                "/api/tables/inventory.customers/rows/%u0031",
                "/api/tables/inventory.customers/rows/\u00FF\u00FE",
                "/api/tables/inventory.customers/rows/" + long1,
                "/api/tables/inventory.customers/rows/" + "9".repeat(60_000),
                "/api/tables/inventory.customers/rows/" + ",".repeat(60_000),
                "/api/tables/inventory.customers/rows/%3Cb%3E/changes",
                "/api/tables/%3Cimg%20src=x%20onerror=alert(1)%3E.t/rows/1",
                "/api/tables/inventory.%3Cscript%3E",
                "/api/tables/..%2f..%2f/dump",
                "/api/tables/" + long1,
                "/api/tables/" + ".".repeat(60_000) + "/dump",
                "/api/tables/a.%00/dump",
                "/api/tables/a.'%3BDROP%20TABLE%20x%3B--",
                "/api/tables/inventory.customers?after=" + long1,
                "/api/tables/inventory.customers?after=WzEsMiwz",
                "/api/tables/inventory.customers?after=" + "W1tb".repeat(15_000),
                "/api/tables/inventory.customers?limit=99999999999999999999",
                "/api/tables/inventory.customers?limit=%3Cscript%3E",
                "/api/rows?row=%FF",
                "/api/rows?" + "row=a.b%2F1&".repeat(5_000),
                "/api/verify/%3Cscript%3E/count?table=inventory.customers",
                "/api/changes?limit=%3Cscript%3E",
                "/%3Cscript%3E",
                "/page.js/..%2findex.html",
                "/.git/config",
                "//evil.example/%2e%2e",
                "*",
                "http://evil.example/%3Cscript%3E",
                "http://[::1/");
    }

    @ParameterizedTest
    @MethodSource("hostilePaths")
    void answersAHostileNameAsJsonThatTellsNothingOfTheProgram(String path) throws Exception {
        var answer = answer("GET " + path + LAST);

        assertThat(answer)
                .matches("(?s)HTTP/1\\.1 4\\d\\d .*")
                .contains("Content-Type: application/json")
                .contains("X-Content-Type-Options: nosniff");
        var body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        assertThat(json(body).get("error").asText()).isNotEmpty();
        assertThat(body)
                .doesNotContain(
                        "Exception", "java.", "org.", "localcdc.", "\tat ", ".java:", System.getProperty("user.dir"));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /api/verify",
        "POST, /api/verify/x/cut",
        "POST, /api/verify/x/rows",
        "DELETE, /api/verify/x",
        "POST, /api/trust",
        "POST, /api/bug",
        "POST, /api/status",
        "PUT, /api/status",
        "OPTIONS, /api/status",
    })
    void refusesWhatAPageOfAnotherOriginAsks(String method, String path) throws Exception {
        for (var origin : List.of(
                "Origin: http://evil.example",
                "Origin: null",
                "Origin: http://localhost:1",
                "Origin: http://localhost.evil.example",
                "Origin: ://",
                "Sec-Fetch-Site: cross-site")) {
            assertThat(answer(method + " " + path + HOST + origin + "\r\nConnection: close\r\n\r\n"))
                    .as(origin)
                    .startsWith("HTTP/1.1 403")
                    .doesNotContainIgnoringCase("Access-Control-");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/status",
        "GET, /api/nothing",
        "GET, /metrics",
        "GET, /",
        "HEAD, /api/events",
        "OPTIONS, /api/verify",
        "OPTIONS, *",
        "POST, /api/verify",
        "TRACE, /api/status",
    })
    void opensNothingToPagesOfOtherOrigins(String method, String path) throws Exception {
        assertThat(answer(method + " " + path + HOST + "Access-Control-Request-Method: POST\r\n"
                        + "Access-Control-Request-Private-Network: true\r\nX-Echoed: unheard-of\r\n"
                        + (method.equals("POST") ? "" : "Origin: http://evil.example\r\n")
                        + "Connection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 ")
                .doesNotContainIgnoringCase("Access-Control-")
                .doesNotContain("unheard-of");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /",
                "GET /livez",
                "GET /metrics",
                "GET /api/status",
                "GET /api/events",
                "GET /api/tables/inventory.customers/dump",
                "POST /api/verify",
                "DELETE /api/verify/x",
                "POST /api/trust",
            })
    void showsNothingUnderAForeignName(String request) throws Exception {
        assertThat(answer(request + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        // The first of two names could be for one reader and the second for another.
        assertThat(answer(request + HOST + "Host: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    private static List<String> malformed() {
        var smuggled = "GET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n";
        var post = "POST /api/nothing" + HOST;
        return List.of(
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00FC\u0003\u0003\r\n\r\n",
                "\u0000\u0000\u0000\u0000\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET /livez\r\n\r\n",
                "GET /livez HTTP/0.9\r\n\r\n",
                "GET /livez HTTP/9.9\r\nHost: localhost\r\n\r\n",
                "GET /livez HTTP/1.1\r\n\r\n",
                "GET /livez HTTP/1.1\r\nHost : localhost\r\n\r\n",
                "GET /livez HTTP/1.1\r\n Host: localhost\r\n\r\n",
                "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\u0000b\r\n\r\n",
                "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\r\n folded\r\n\r\n",
                "GET /live z HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "G\u0001T /livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
                post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
                post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + smuggled,
                post + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + smuggled,
                post + "Content-Length: 0, 5\r\n\r\n" + smuggled,
                post + "Content-Length: -1\r\n\r\n" + smuggled,
                post + "Content-Length: +0\r\n\r\n" + smuggled,
                post + "Content-Length: 0x0\r\n\r\n" + smuggled,
                post + "Content-Length: 99999999999999999999\r\n\r\n" + smuggled,
                post + "Transfer-Encoding: identity\r\n\r\n" + smuggled,
                post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + smuggled,
                post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled,
                post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + smuggled);
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void refusesWhatIsNotHttpAndTakesNothingBehindItForARequest(String bytes) throws Exception {
        var answer = answer(bytes);

        assertThat(answer)
                .matches("(?s)|HTTP/1\\.1 (400|408|426|501|505) .*")
                .doesNotContain("Exception", "org.eclipse")
                .containsOnlyOnce("HTTP/1.1 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\n", "-1\r\n", "FFFFFFFFFFFFFFFFF\r\n", "5;\u0000\r\n", "1\r\nxx\r\n"})
    void refusesABrokenChunkAndTakesNothingBehindItForARequest(String chunk) throws Exception {
        var answer = answer("POST " + cutOfASession() + HOST + "Transfer-Encoding: chunked\r\n\r\n" + chunk
                + "GET /api/status" + LAST);

        assertThat(answer)
                .matches("(?s)HTTP/1\\.1 4\\d\\d .*")
                .doesNotContain("Exception")
                .containsOnlyOnce("HTTP/1.1 ");
    }

    @Test
    void standsGarbage() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("HostileRequestsTest seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            var garbage = new byte[1 + random.nextInt(2000)];
            random.nextBytes(garbage);
            try (var connection = connect()) {
                connection.sendIfTaken(garbage).sendIfTaken("\r\n\r\n\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(connection.rest()).doesNotStartWith("HTTP/1.1 2").doesNotStartWith("HTTP/1.1 5");
            }
        }
    }

    @Test
    void answersPipelinedRequestsInTheirOrder() throws Exception {
        int requests = 2000;
        var bytes = new StringBuilder();
        for (int i = 0; i < requests; i++) {
            bytes.append("GET /api/own/").append(i).append("/more").append(i < requests - 1 ? HOST + "\r\n" : LAST);
        }

        var answers = answer(bytes.toString());

        var expected = IntStream.range(0, requests)
                .mapToObj(i -> "{\"one\":\"" + i + "\"}")
                .toList();
        assertThat(answers.lines()
                        .filter(line -> line.startsWith("{"))
                        .map(line -> line.replaceAll("}HTTP/1.1 .*", "}"))
                        .toList())
                .isEqualTo(expected);
    }
}
