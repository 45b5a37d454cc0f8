package localcdc.common.http;

import static localcdc.common.http.ServerFixture.CUSTOMERS;
import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import localcdc.core.event.Operation;
import localcdc.core.source.SourceException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server that is asked over raw connections. After each test its map goes on, and so does it. */
abstract class UnfriendlyClients {

    static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";
    static final String LAST = HOST + "Connection: close\r\n\r\n";

    ServerFixture fixture;

    @BeforeEach
    void open() throws SourceException {
        fixture = new ServerFixture().filled();
    }

    @AfterEach
    void goesOn() throws Exception {
        try (var open = fixture) {
            open.source.change(Operation.UPDATE, CUSTOMERS, 99, "1001", "\"after\"", "null");
            assertThat(open.get("/livez").statusCode()).isEqualTo(200);
            assertThat(open.get("/api/tables/inventory.customers/rows/1001").body())
                    .contains("after");
        }
    }

    final void reopen(ServerFixture other) {
        fixture.close();
        fixture = other.filled();
    }

    final RawConnection connect() throws IOException {
        return new RawConnection(fixture.server.port());
    }

    /** The answer to bytes after which nothing more is sent; the server has to close behind it. */
    final String answer(String bytes) throws IOException {
        try (var connection = connect()) {
            return connection
                    .sendIfTaken(bytes.getBytes(StandardCharsets.ISO_8859_1))
                    .rest();
        }
    }

    static void closeAll(List<RawConnection> connections) throws IOException {
        for (var connection : connections) {
            connection.close();
        }
    }

    /** The path of the cut of a comparison that has begun. */
    final String cutOfASession() throws Exception {
        return "/api/verify/"
                + json(fixture.post("/api/verify", "")).get("session").asText() + "/cut";
    }
}
