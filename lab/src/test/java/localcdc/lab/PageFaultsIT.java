package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What somebody who breaks the Kafka path from the page can bring about, while the workload goes on. */
class PageFaultsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void everyMapEqualsPostgresAgainAfterFaultsOfTheKafkaPath() throws Exception {
        try (var lab = ChildLab.start("demo", "--http-port", "0", "--rate", "50", "--verify-every", "10m")) {
            var page = new PageClient(lab.pageUrl());
            page.awaitMoreChanges();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            connect(page).at("/connectors/0/state").asText())
                    .isEqualTo("RUNNING"));

            // One fault while another one is under way, and what is done already.
            page.cause("kafka-connect stop", "kafka-connect stop", "kafka stop", "kafka-connect start");
            assertThat(page.problem()).contains("does not start while Kafka is stopped");
            assertThat(page.stopped()).containsExactly("kafka", "kafka-connect");
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(connect(page).path("problem").asText()).isNotEmpty());
            page.awaitMoreChanges();
            page.cause("kafka start", "kafka-connect start", "kafka-connect start");
            page.awaitEqualAgain();
            assertThat(lab.errors()).containsOnlyOnce("Kafka Connect runs again, as was asked for.");

            // A worker that goes on without its broker.
            page.cause("runner-kafka stop", "kafka stop");
            page.awaitMoreChanges();
            page.cause("kafka start", "runner-kafka start");
            page.awaitEqualAgain();

            // An end at which neither the broker nor Postgres can be asked to clean up.
            page.cause("kafka stop", "postgres stop");
            var family = lab.descendants();
            lab.terminate();
            lab.remainingLines();
            assertThat(lab.exitCode(PATIENCE)).as(lab.errors()).isZero();
            assertThat(lab.errors()).doesNotContain("has a bug", "NullPointerException");
            assertThat(family).noneMatch(ProcessHandle::isAlive);
        }
    }

    /** What the Kafka path knows of Connect. */
    private static JsonNode connect(PageClient page) {
        var paths = page.get("/api/status").path("paths");
        return paths.get(paths.size() - 1).at("/status/details/connect");
    }
}
