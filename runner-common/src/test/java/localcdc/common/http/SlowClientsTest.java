package localcdc.common.http;

import static localcdc.common.http.ServerFixture.CUSTOMERS;
import static localcdc.common.http.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import localcdc.core.event.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are many, or that send and read slowly or not at all; the map goes on, and so do the others. */
@Timeout(60)
class SlowClientsTest extends UnfriendlyClients {

    private void create(int id) {
        fixture.source.change(Operation.CREATE, CUSTOMERS, id, Integer.toString(id), "\"new\"", "null");
    }

    private boolean hasReaders(int count) throws Exception {
        return fixture.get("/metrics").body().contains("localcdc_live_clients " + count + ".0");
    }

    @Test
    void servesNoMoreThanItsLimitOfTenThousandReadersAndForgetsThem() throws Exception {
        var ids = new AtomicInteger(2000);
        assertThat(fixture.get("/livez").statusCode()).isEqualTo(200);
        int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();

        for (int wave = 0; wave < 20; wave++) {
            try (var crowd = new CrowdOfReaders(fixture.server.port())) {
                crowd.come(500, () -> create(ids.incrementAndGet()));

                assertThat(crowd.served()).isEqualTo(LiveEvents.MAX_CLIENTS);
                assertThat(crowd.refusals())
                        .hasSize(500 - LiveEvents.MAX_CLIENTS)
                        .allSatisfy(refusal -> assertThat(refusal)
                                .startsWith("HTTP/1.1 503")
                                .contains("Retry-After: 1")
                                .endsWith("{\"error\":\"64 readers follow the changes already.\"}"));
                assertThat(hasReaders(LiveEvents.MAX_CLIENTS)).isTrue();
            }
            // That a reader has gone shows when something is written to it.
            await().pollInterval(Duration.ofMillis(20)).until(() -> {
                create(ids.incrementAndGet());
                return hasReaders(0);
            });
        }

        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(threadsBefore + WebServer.THREADS);
        try (var reader = connect().send("GET /api/events" + LAST)) {
            reader.readTo(": the changes follow");
            create(ids.incrementAndGet());
            assertThat(reader.readTo("\"key\":{\"id\":" + ids.get() + "}")).contains("\"op\":\"create\"");
        }
        var tables = json(fixture.get("/api/status")).get("tables");
        assertThat(tables.get(1).get("size").asLong()).isEqualTo(3 + ids.get() - 2000);
    }

    @Test
    void cutsReadersWhoNeverReadWhileAnotherGoesOn() throws Exception {
        reopen(new ServerFixture(Duration.ofSeconds(2)));
        var large = '"' + "x".repeat(100_000) + '"';
        var stalled = new ArrayList<RawConnection>();
        for (int i = 0; i < 5; i++) {
            stalled.add(connect().send("GET /api/events" + LAST));
        }
        var thread = Executors.newSingleThreadExecutor();
        try (var reader = new FastReader(fixture.server.port())) {
            thread.execute(reader);
            await().until(() -> hasReaders(6));

            await().atMost(Duration.ofSeconds(30)).until(() -> {
                for (int i = 0; i < 5; i++) {
                    fixture.source.change(Operation.UPDATE, CUSTOMERS, i, "1002", large, "null");
                }
                return hasReaders(1);
            });

            long readBefore = reader.changes();
            await().until(() -> {
                fixture.source.change(Operation.UPDATE, CUSTOMERS, 50, "1002", "\"small\"", "null");
                return reader.changes() > readBefore;
            });
        } finally {
            thread.shutdownNow();
            closeAll(stalled);
        }
    }

    /** Counts the live changes as they come. */
    private static final class FastReader implements Runnable, AutoCloseable {
        private final RawConnection connection;
        private final AtomicLong changes = new AtomicLong();

        FastReader(int port) throws IOException {
            connection = new RawConnection(port).send("GET /api/events" + LAST);
        }

        @Override
        public void run() {
            try {
                connection.lines().filter(line -> line.startsWith("id: ")).forEach(line -> changes.incrementAndGet());
            } catch (IOException | UncheckedIOException e) {
                // The test closes the connection in the end.
                assertThat(connection.isClosed()).isTrue();
            }
        }

        long changes() {
            return changes.get();
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET",
                "GET /livez HTTP/1.1\r\nHost: loc",
                "POST /api/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n[1",
                "POST /api/verify HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1",
                "POST /api/trust HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n[1",
                "POST /api/verify/none/rows HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n[1",
                "POST /api/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n[1",
            })
    void cutsAClientThatStopsInTheMiddle(String beginning) throws Exception {
        reopen(new ServerFixture(builder -> builder.limits(Limits.DEFAULT.withIdle(Duration.ofMillis(300)))));

        assertThat(answer(beginning)).doesNotStartWith("HTTP/1.1 2").doesNotContain("Exception");
    }

    @Test
    void tellsAClientThatStopsInTheMiddleOfABodyThatItIsLate() throws Exception {
        reopen(new ServerFixture(builder -> builder.limits(Limits.DEFAULT.withIdle(Duration.ofMillis(300)))));

        assertThat(answer("POST " + cutOfASession() + HOST + "Content-Length: 10\r\n\r\n{\"snap"))
                .startsWith("HTTP/1.1 408")
                .contains("has not come in time");
    }

    @ParameterizedTest
    @CsvSource({"cut, 408", "/api/nothing, 404"})
    void cutsAClientThatSendsItsBodyByteByByte(String path, int code) throws Exception {
        reopen(new ServerFixture(builder -> builder.limits(Limits.DEFAULT.withRequest(Duration.ofMillis(300)))));
        try (var connection = connect()) {
            connection.send(
                    "POST " + (path.equals("cut") ? cutOfASession() : path) + HOST + "Content-Length: 900000\r\n\r\n");

            await().pollInterval(Duration.ofMillis(10))
                    .until(() -> connection.sendIfTaken(new byte[] {' '}).hasHeard());

            assertThat(connection.rest()).startsWith("HTTP/1.1 " + code).contains("Connection: close");
        }
    }

    @ParameterizedTest
    @CsvSource({"GET /livez HTTP/1.1\\r\\nHost: localhost\\r\\nX: , x", "'', \\r\\n", "GET /livez, x"})
    void cutsAClientThatSendsItsHeadByteByByte(String beginning, String more) throws Exception {
        reopen(new ServerFixture(builder -> builder.limits(Limits.DEFAULT.withRequest(Duration.ofMillis(300)))));
        try (var connection = connect()) {
            connection.send(beginning.translateEscapes());

            await().pollInterval(Duration.ofMillis(10))
                    .untilAsserted(() -> assertThatThrownBy(() -> connection.send(more.translateEscapes()))
                            .isInstanceOf(SocketException.class));
        }
    }

    @Test
    void cutsAClientThatSendsItsSecondHeadByteByByte() throws Exception {
        reopen(new ServerFixture(builder -> builder.limits(Limits.DEFAULT.withRequest(Duration.ofMillis(300)))));
        try (var connection = connect()) {
            connection.send("GET /livez" + HOST + "\r\n").readTo("}");

            await().pollInterval(Duration.ofMillis(10))
                    .untilAsserted(
                            () -> assertThatThrownBy(() -> connection.send("G")).isInstanceOf(SocketException.class));
        }
    }

    @Test
    void keepsAClientThatFollowsTheChangesForLongerThanARequestMayTake() throws Exception {
        reopen(new ServerFixture(builder -> builder.limits(Limits.DEFAULT.withRequest(Duration.ofMillis(200)))));
        try (var follower = connect();
                var slow = connect()) {
            follower.send("GET /api/events" + HOST + "\r\n").readTo("follow");
            slow.send("GET /livez HT");
            // Cut by the look that would have cut the other, too.
            await().pollInterval(Duration.ofMillis(10)).untilAsserted(() -> assertThatThrownBy(() -> slow.send("x"))
                    .isInstanceOf(SocketException.class));

            fixture.source.change(Operation.UPDATE, CUSTOMERS, 7, "1001", "\"followed\"", "null");

            assertThat(follower.readTo("followed")).contains("data: ");
        }
    }

    @Test
    void answersOthersWhileMoreClientsThanItHasThreadsAreAmidTheirBodies() throws Exception {
        var cut = cutOfASession();
        var slow = new ArrayList<RawConnection>();
        for (int i = 0; i < 2 * WebServer.THREADS; i++) {
            var path = i % 2 == 0 ? cut : "/api/nothing";
            slow.add(connect().send("POST " + path + HOST + "Content-Length: 1000\r\n\r\n{"));
        }

        assertThat(answer("GET /livez" + LAST)).startsWith("HTTP/1.1 200");

        closeAll(slow);
    }

    @Test
    void answersOthersWhileMoreClientsThanItHasThreadsDoNotReadTheirAnswers() throws Exception {
        var large = '"' + "x".repeat(1_000_000) + '"';
        fixture.source.snapshot(Map.of(
                CUSTOMERS,
                IntStream.range(1001, 1017)
                        .mapToObj(id -> List.of(Integer.toString(id), large, "null"))
                        .toList()));
        var slow = new ArrayList<RawConnection>();
        for (int i = 0; i < 2 * WebServer.THREADS; i++) {
            slow.add(connect().send("GET /api/tables/inventory.customers" + LAST));
        }

        assertThat(answer("GET /livez" + LAST)).startsWith("HTTP/1.1 200");

        closeAll(slow);
    }

    @Test
    void answersOthersWhileMoreClientsThanItHasThreadsPipelineWithoutReading() throws Exception {
        var script = "GET /page.js" + HOST + "\r\n";
        var slow = new ArrayList<RawConnection>();
        for (int i = 0; i < 2 * WebServer.THREADS; i++) {
            slow.add(connect().send(script.repeat(500)));
        }

        assertThat(answer("GET /livez" + LAST)).startsWith("HTTP/1.1 200");

        closeAll(slow);
    }

    @Test
    void answersOnceTheConnectionsThatFilledItUpAreClosed() throws Exception {
        var open = fill("GET /livez" + HOST + "\r\n");
        for (var connection : open) {
            assertThat(connection.readTo("\r\n")).startsWith("HTTP/1.1 200");
        }
        try (var next = connect().send("GET /livez" + LAST)) {
            closeAll(open);

            assertThat(next.rest()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void cutsSilentConnectionsSoonerWhenTheyFillItUp() throws Exception {
        reopen(new ServerFixture(builder -> builder.limits(Limits.DEFAULT.withIdleWhenFull(Duration.ofMillis(300)))));
        var open = fill("GET /livez HT");
        try (var next = connect().send("GET /livez" + LAST)) {
            assertThat(next.rest()).startsWith("HTTP/1.1 200");
        }
        closeAll(open);
    }

    private List<RawConnection> fill(String bytes) throws IOException {
        var open = new ArrayList<RawConnection>();
        for (int i = 0; i < WebServer.CONNECTIONS; i++) {
            open.add(connect().send(bytes));
        }
        return open;
    }
}
