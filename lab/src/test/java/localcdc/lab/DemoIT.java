package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemoIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void runsEveryPathForAWhileAndProvesThatTheMapsAreRight() throws Exception {
        try (var lab = ChildLab.start("demo", "--duration", "5s", "--http-port", "0", "--rate", "50")) {
            // Given
            var page = lab.pageUrl();
            var family = lab.descendants();
            assertThat(family).isNotEmpty();

            // When
            await().atMost(PATIENCE).until(() -> get(page, "/readyz").statusCode() == 200);
            var status = get(page, "/api/status");
            var html = get(page, "/");
            var lines = lab.remainingLines();

            // Then
            assertThat(lab.exitCode(PATIENCE)).as(lab.errors()).isZero();
            assertThat(status.body())
                    .contains(
                            "\"path\":\"direct\"",
                            "\"path\":\"embedded\"",
                            "\"path\":\"kafka\"",
                            "\"commitToCaptured\"");
            assertThat(html.body()).contains("/demo.js", "/page.css");
            assertThat(lines.subList(lines.size() - 3, lines.size()))
                    .allMatch(line -> line.contains("map equals Postgres: yes") && line.contains("inventory.customers"))
                    .satisfiesExactly(
                            line -> assertThat(line).startsWith("direct "),
                            line -> assertThat(line).startsWith("embedded "),
                            line -> assertThat(line).startsWith("kafka "));
            assertThat(lab.errors())
                    .contains("dropped; it had kept", "Slot and publication")
                    .doesNotContain("ERROR", "\tat ");
            assertThat(family).noneMatch(ProcessHandle::isAlive);
        }
    }

    private static HttpResponse<String> get(String url, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url + path)).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    @Test
    void leavesNothingBehindAfterASignal() throws Exception {
        try (var lab = ChildLab.start("--http-port", "0", "--no-kafka")) {
            lab.linesUpTo("embedded  STREAMING");
            var family = lab.descendants();

            lab.terminate();
            lab.remainingLines();

            assertThat(lab.exitCode(PATIENCE)).as(lab.errors()).isZero();
            assertThat(lab.errors()).contains("dropped; it had kept");
            assertThat(family).noneMatch(ProcessHandle::isAlive);
        }
    }
}
