package localcdc.common.http;

import static localcdc.common.http.ServerFixture.CUSTOMERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.LinkedHashSet;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import localcdc.common.cli.ReferencePage;
import localcdc.common.cli.UsageException;
import localcdc.core.event.Operation;
import org.junit.jupiter.api.Test;

/** The page of the metrics is what a runner says of them. */
class MetricsReferenceTest {

    private static final String INTRODUCTION = """
            # Metrics

            `GET /metrics` of a runner, in Prometheus' text format. This page is generated from what a runner prints;
            `MetricsReferenceTest` keeps it equal. The JVM's own metrics, `jvm_*` and `process_*`, are those of
            [Prometheus' Java client](https://prometheus.github.io/client_java/instrumentation/jvm/). Names keep their meaning and unit;
            new ones may come.

            `localcdc_verify_*` are there once a comparison of `POST /api/trust` has ended.
            `localcdc_lag_bytes` and `localcdc_slot_retained_bytes` are `runner-embedded`'s. Alert rules and a Grafana dashboard that use
            them are in [k8s/monitoring](../../k8s/monitoring).

            | metric | type | labels | meaning |
            | --- | --- | --- | --- |
            """;

    private static final Pattern HELP = Pattern.compile("# HELP (localcdc\\S*) (.*)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (localcdc\\S*) (.*)");
    private static final Pattern SAMPLE = Pattern.compile("(localcdc\\w*)(?:\\{(.*)})? .*");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

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
            generated = INTRODUCTION + rows(fixture.get("/metrics").body());
        }
        if (Boolean.getBoolean("regenerate")) {
            page.write(generated);
        }

        assertThat(page.text())
                .as("docs/reference/metrics.md is out of date; write it anew with"
                        + " ./mvnw test -pl runner-common -am -Dtest=MetricsReferenceTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dregenerate=true")
                .isEqualTo(generated);
    }

    private static String rows(String metrics) {
        var helps = new TreeMap<String, String>();
        var types = new TreeMap<String, String>();
        var labels = new TreeMap<String, LinkedHashSet<String>>();
        metrics.lines().forEach(line -> {
            var help = HELP.matcher(line);
            var type = TYPE.matcher(line);
            var sample = SAMPLE.matcher(line);
            if (help.matches()) {
                helps.put(help.group(1), help.group(2));
            } else if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (sample.matches() && sample.group(2) != null) {
                var name = sample.group(1).replaceFirst("_bucket$", "");
                LABEL.matcher(sample.group(2)).results().forEach(label -> labels.computeIfAbsent(
                                name, any -> new LinkedHashSet<>())
                        .add(label.group(1)));
            }
        });
        return helps.entrySet().stream()
                .map(metric -> "| `" + metric.getKey() + "` | " + types.get(metric.getKey()) + " | "
                        + labels.getOrDefault(metric.getKey(), new LinkedHashSet<>()).stream()
                                .map(label -> "`" + label + "`")
                                .collect(Collectors.joining(", "))
                        + " | " + metric.getValue() + " |\n")
                .collect(Collectors.joining());
    }
}
