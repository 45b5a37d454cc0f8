package localcdc.common.http;

import static localcdc.common.http.ServerFixture.CUSTOMERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import localcdc.common.cli.ReferencePage;
import localcdc.common.cli.UsageException;
import localcdc.core.event.Operation;
import org.junit.jupiter.api.Test;

/** The page of the metrics is what a runner says of them. Its sections are held to what only one runner has, by tests there. */
class MetricsReferenceTest {

    private static final String INTRODUCTION = """
            # Metrics

            `GET /metrics` of a runner, in Prometheus' text format. This page is generated from what a runner prints;
            `MetricsReferenceTest` keeps it equal. The JVM's own metrics, `jvm_*` and `process_*`, are those of
            [Prometheus' Java client](https://prometheus.github.io/client_java/instrumentation/jvm/). Names keep their meaning and unit;
            new ones may come.

            `localcdc_verify_*` are there once a comparison of `POST /api/trust` or of the command `verify` has ended.
            What the Debezium engine and the Kafka consumers say of themselves follows below.

            `localcdc_lag_bytes` and `localcdc_slot_retained_bytes` are `runner-embedded`'s. Alert rules and a Grafana dashboard that use
            them are in [k8s/monitoring](../../k8s/monitoring).

            """;

    @Test
    void thePageSaysWhatARunnerPrints() throws Exception {
        var page = ReferencePage.of("metrics.md");
        String generated;
        try (var fixture = ServerFixture.comparingWith(() -> {
                    throw new UsageException("a comparison that finds no Postgres has metrics, too");
                })
                .filled()) {
            fixture.post("/api/trust", "");
            await().until(() -> fixture.get("/metrics").body(), metrics -> metrics.contains("localcdc_verify_verdict"));
            fixture.source.change(Operation.UPDATE, CUSTOMERS, 7, "1001", "\"Sal\"", "null");
            generated = INTRODUCTION + MetricsTable.of(fixture.get("/metrics").body(), "localcdc");
        }
        if (Boolean.getBoolean("regenerate")) {
            page.write(generated + page.text().substring(page.beginning().length()));
        }

        assertThat(page.beginning())
                .as("docs/reference/metrics.md is out of date; write it anew with"
                        + " ./mvnw test -pl runner-common -am -Dtest=MetricsReferenceTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dregenerate=true")
                .isEqualTo(generated);
    }
}
