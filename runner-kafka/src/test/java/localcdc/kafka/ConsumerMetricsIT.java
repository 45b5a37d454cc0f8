package localcdc.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import localcdc.common.cli.ReferencePage;
import localcdc.common.http.MetricsTable;
import localcdc.common.http.ScrapedMetrics;
import localcdc.common.http.StatusServer;
import localcdc.connect.ConnectPlugin;
import localcdc.core.source.SourceException;
import localcdc.stack.TestKafka;
import org.junit.jupiter.api.Test;

/** What a runner shows of its consumers is what the page of the metrics says, and what dashboards for Micrometer ask for. */
class ConsumerMetricsIT {

    private static final TestKafka KAFKA = TestKafka.shared(ConnectPlugin::writeTo);
    private static final String HEADING = "## The Kafka consumers'";
    private static final String INTRODUCTION = """

            `runner-kafka` shows its consumers' own metrics under the names that
            [Micrometer](https://docs.micrometer.io/micrometer/reference/reference/kafka.html) gives them, so that dashboards made for Spring
            and others show them. `client_id` is `localcdc-data` for the consumer of rows and `localcdc-control` for that of truncates and messages.
            `kafka_consumer_fetch_manager_records_lag` is how many records a partition held beyond what was read, at its latest fetch. A metric
            without a value (nothing was fetched for a while, or there is no group) is not shown. This section is of a run with `--group`;
            `ConsumerMetricsIT` keeps it equal.

            """;

    private static HandMadeTopic topic() {
        var prefix = "h" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
        return new HandMadeTopic(KAFKA, prefix, 1, Map.of());
    }

    private static StatusServer serve(KafkaPath path) throws SourceException {
        return StatusServer.of(path.runner().status().build(), path.runner().keys())
                .address("127.0.0.1", OptionalInt.of(0))
                .metrics(path.runner().metrics())
                .start();
    }

    @Test
    void showsWhatTheConsumersSayOfThemselves() throws Exception {
        var page = ReferencePage.of("metrics.md");
        try (var topic = topic()) {
            topic.put(1, "packed").put(2, "packed").message("a heartbeat").flush();
            var settings =
                    KafkaSettings.of(KAFKA.bootstrapServers(), topic.name()).inGroup("g-" + UUID.randomUUID());
            try (var path = KafkaPath.start(settings);
                    var server = serve(path)) {
                topic.put(1, "sent").flush();
                path.awaitRows(HandMadeTopic.TABLE, topic.expected());
                if (Boolean.getBoolean("regenerate")) {
                    // Some metrics have their first value after the group's first rounds.
                    await().atMost(KafkaPath.PATIENCE)
                            .pollDelay(Duration.ofSeconds(15))
                            .until(() -> true);
                    page.writeSection(HEADING, INTRODUCTION + MetricsTable.of(ScrapedMetrics.of(server), "kafka"));
                }
                await().atMost(KafkaPath.PATIENCE).untilAsserted(() -> assertThat(page.section(HEADING))
                        .as("-Dregenerate=true writes the section anew")
                        .isEqualTo(INTRODUCTION + MetricsTable.of(ScrapedMetrics.of(server), "kafka")));
                assertThat(ScrapedMetrics.of(server))
                        .contains(
                                "kafka_consumer_fetch_manager_records_lag{client_id=\"localcdc-data\",partition=\"0\",topic=\""
                                        + topic.name() + "\"} 0.0")
                        .contains(
                                "kafka_consumer_fetch_manager_records_consumed_total{client_id=\"localcdc-data\",topic=\""
                                        + topic.name() + "\"} 3.0")
                        .doesNotContain(topic.name().replace('.', '_'))
                        .doesNotContainPattern("\nkafka_\\S+ (NaN|[+-]Inf)");
            }
        }
    }

    @Test
    void showsNoOtherMetricsWithoutAGroup() throws Exception {
        var known = ReferencePage.of("metrics.md").section(HEADING);
        try (var topic = topic()) {
            topic.put(1, "packed").flush();
            var settings = KafkaSettings.of(KAFKA.bootstrapServers(), topic.name());
            try (var path = KafkaPath.start(settings);
                    var server = serve(path)) {
                assertThat(MetricsTable.of(ScrapedMetrics.of(server), "kafka")
                                .lines()
                                .toList())
                        .hasSizeGreaterThan(20)
                        .isSubsetOf(known.lines().toList());
            }
        }
    }
}
