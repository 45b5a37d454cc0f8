package localcdc.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import localcdc.common.cli.HttpToken;
import localcdc.common.cli.UsageException;
import localcdc.core.source.SourceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read, and who may use a control. */
class AccessTest {

    private static final String SECRET = "0123456789abcdef";

    @TempDir
    private Path folder;

    private static WebServer server(String host, Optional<HttpToken> token) throws SourceException {
        return WebServer.at(host, OptionalInt.of(0))
                .token(token)
                .route("GET", "/read", exchange -> exchange.json(200, Map.of()))
                .control("POST", "/control", exchange -> exchange.json(200, Map.of()))
                .start();
    }

    /** Bytes as they are: an HTTP client would not send a foreign Host. */
    private static String answer(WebServer server, String requestLine, String... headers) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            var request = requestLine + " HTTP/1.1\r\n" + String.join("\r\n", headers)
                    + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private HttpToken token() throws IOException {
        return HttpToken.readFrom(Files.writeString(folder.resolve("token"), SECRET + "\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:8080",
                "127.0.0.1",
                "[::1]:8080",
                "LOCALHOST",
                "laptop:1",
                "host.docker.internal:8080",
                "kube.local"
            })
    void answersToTheNamesOfThisMachine(String host) throws Exception {
        try (var server = server("127.0.0.1", Optional.empty())) {
            assertThat(answer(server, "GET /read", "Host: " + host)).startsWith("HTTP/1.1 200");
            assertThat(answer(server, "POST /control", "Host: " + host)).startsWith("HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example:8080", "127.0.0.1.nip.io", "localhost.evil.example", "1.2.3.4.evil.example"})
    void showsNothingToAPageThatHasMadeItsOwnNameOneOfThisMachine(String host) throws Exception {
        try (var server = server("127.0.0.1", Optional.empty())) {
            assertThat(answer(server, "GET /read", "Host: " + host))
                    .startsWith("HTTP/1.1 403")
                    .contains("no name of this machine");
            assertThat(answer(server, "POST /control", "Host: " + host)).startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void readsAreFreeWhereItListensWider() throws Exception {
        try (var server = server("0.0.0.0", Optional.empty())) {
            assertThat(answer(server, "GET /read", "Host: cdc.example.com")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void controlsAreOffWhereItListensWiderWithoutAToken() throws Exception {
        try (var server = server("0.0.0.0", Optional.empty())) {
            assertThat(answer(server, "POST /control", "Host: localhost"))
                    .startsWith("HTTP/1.1 403")
                    .contains("--http-token-file");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void controlsNeedTheTokenWhereThereIsOne(String host) throws Exception {
        try (var server = server(host, Optional.of(token()))) {
            assertThat(answer(server, "POST /control", "Host: localhost"))
                    .startsWith("HTTP/1.1 401")
                    .contains("WWW-Authenticate: Bearer");
            assertThat(answer(server, "POST /control", "Host: localhost", "Authorization: Bearer wrong"))
                    .startsWith("HTTP/1.1 401");
            assertThat(answer(server, "POST /control", "Host: localhost", "Authorization: Bearer " + SECRET))
                    .startsWith("HTTP/1.1 200");
            assertThat(answer(server, "GET /read", "Host: localhost")).startsWith("HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "two words of some length", "ünprintable-and-long"})
    void refusesAFileThatHoldsNoToken(String text) throws Exception {
        var file = Files.writeString(folder.resolve("token"), text);

        assertThatThrownBy(() -> HttpToken.readFrom(file))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("must hold one word of at least 16");
    }

    @Test
    void neverShowsTheToken() throws Exception {
        assertThat(token()).hasToString("********");
        assertThatThrownBy(() -> HttpToken.readFrom(folder.resolve("missing")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("cannot be read");
    }
}
