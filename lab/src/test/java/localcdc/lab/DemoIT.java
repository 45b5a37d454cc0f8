package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class DemoIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void runsForAWhileAndProvesThatTheMapIsRight() throws Exception {
        try (var lab = ChildLab.start("demo", "--duration", "5s", "--http-port", "0", "--rate", "50")) {
            // Given
            var introduction = new ArrayList<String>();
            do {
                introduction.add(lab.nextLine());
            } while (!introduction.get(introduction.size() - 1).startsWith("verify "));
            var url = introduction.get(introduction.size() - 1).replaceFirst(".*--url ", "");
            var family = lab.descendants();
            assertThat(family).isNotEmpty();

            // When
            var status = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(url + "/api/status"))
                                    .build(),
                            BodyHandlers.ofString());
            var lines = lab.remainingLines();

            // Then
            assertThat(lab.exitCode(PATIENCE)).as(lab.errors()).isZero();
            assertThat(status.statusCode()).isEqualTo(200);
            assertThat(status.body()).contains("\"runner\":\"embedded\"");
            assertThat(lines.get(lines.size() - 1)).contains("map equals Postgres: yes", "inventory.customers");
            assertThat(lab.errors()).contains("dropped; it had kept").doesNotContain("ERROR", "\tat ");
            assertThat(family).noneMatch(ProcessHandle::isAlive);
        }
    }

    @Test
    void leavesNothingBehindAfterASignal() throws Exception {
        try (var lab = ChildLab.start("--http-port", "0")) {
            String line;
            do {
                line = lab.nextLine();
            } while (!line.startsWith("STREAMING"));
            var family = lab.descendants();

            lab.terminate();
            lab.remainingLines();

            assertThat(lab.exitCode(PATIENCE)).as(lab.errors()).isZero();
            assertThat(lab.errors()).contains("dropped; it had kept");
            assertThat(family).noneMatch(ProcessHandle::isAlive);
        }
    }
}
