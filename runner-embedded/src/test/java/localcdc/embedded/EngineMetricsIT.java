package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.OptionalInt;
import localcdc.common.cli.ReferencePage;
import localcdc.common.http.MetricsTable;
import localcdc.common.http.ScrapedMetrics;
import localcdc.common.http.StatusServer;
import localcdc.common.report.RunnerStatus;
import localcdc.embedded.server.Engine;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.Test;

/** What a runner shows of its engine is what the page of the metrics says, and what Debezium's dashboards ask for. */
class EngineMetricsIT {

    private static final String HEADING = "## The Debezium engine's";
    private static final String INTRODUCTION = """

            `runner-embedded` with the Debezium engine shows that engine's own metrics of streaming under the names that Debezium's
            [example](https://github.com/debezium/debezium-examples/tree/main/monitoring) gives them through Prometheus' JMX exporter, so
            that Grafana dashboards made for Debezium show them. Their meaning is
            [Debezium's](https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-monitoring); booleans are 0
            and 1, and -1 is a time that is not known yet. `EngineMetricsIT` keeps this section equal to a run.

            """;

    @Test
    void showsWhatTheEngineSaysOfItself() throws Exception {
        var page = ReferencePage.of("metrics.md");
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute("CREATE TABLE t (id int PRIMARY KEY)");
            try (var path = RunningPath.start(Engine.DEBEZIUM, database);
                    var status = RunnerStatus.of(path.pipeline()).build();
                    var server = StatusServer.of(status, path.runner().keys())
                            .address("127.0.0.1", OptionalInt.of(0))
                            .metrics(path.runner().metrics())
                            .start()) {
                database.execute("INSERT INTO t VALUES (1), (2), (3)");
                path.catchUp();
                var labels = "{context=\"streaming\",name=\"cdc\",plugin=\"postgres\"} ";
                await().atMost(RunningPath.PATIENCE).untilAsserted(() -> assertThat(ScrapedMetrics.of(server))
                        .contains("debezium_metrics_Connected" + labels + "1.0")
                        .contains("debezium_metrics_TotalNumberOfCreateEventsSeen" + labels + "3.0")
                        .contains("debezium_metrics_MilliSecondsBehindSource" + labels));

                var section = INTRODUCTION + MetricsTable.of(ScrapedMetrics.of(server), "debezium") + "\n";
                if (Boolean.getBoolean("regenerate")) {
                    page.writeSection(HEADING, section);
                }
                assertThat(page.section(HEADING))
                        .as("-Dregenerate=true writes the section anew")
                        .isEqualTo(section);
            }
        }
    }

    @Test
    void showsNothingWhereNoEngineRuns() {
        assertThat(new EngineMetrics("nobody").collect().size()).isZero();
    }
}
