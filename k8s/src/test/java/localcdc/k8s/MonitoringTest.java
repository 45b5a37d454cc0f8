package localcdc.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.util.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Alert rules and dashboard ask for metrics that there are. */
class MonitoringTest {
    private static final Path FOLDER = Manifests.FOLDER.resolve("monitoring");
    private static final Pattern METRIC = Pattern.compile("\\b((?:localcdc|debezium_metrics|kafka|jvm|process)_\\w+)");
    private static final Pattern KNOWN = Pattern.compile("\\| `((?:localcdc|debezium_metrics|kafka)_\\w+)` \\| (\\w+)");
    /** Of Prometheus' Java client, whose names are not ours to test. */
    private static final Set<String> OF_THE_JVM = Set.of("jvm_memory_used_bytes", "process_cpu_seconds_total");

    private static Set<String> known() throws IOException {
        var names = new TreeSet<>(OF_THE_JVM);
        KNOWN.matcher(Files.readString(Manifests.FOLDER.resolve("../docs/reference/metrics.md")))
                .results()
                .forEach(metric -> {
                    names.add(metric.group(1));
                    if (metric.group(2).equals("histogram")) {
                        names.add(metric.group(1) + "_bucket");
                    }
                });
        return names;
    }

    private static Set<String> metrics(List<String> expressions) {
        var names = new TreeSet<String>();
        expressions.forEach(
                expression -> METRIC.matcher(expression).results().forEach(metric -> names.add(metric.group(1))));
        return names;
    }

    @Test
    void alertsAskForMetricsThatThereAre() throws IOException {
        Map<?, ?> rules = Yaml.getSnakeYaml(Map.class).load(Files.readString(FOLDER.resolve("alerts.yaml")));
        var expressions = new ArrayList<String>();
        for (Object group : (List<?>) rules.get("groups")) {
            for (Object rule : (List<?>) ((Map<?, ?>) group).get("rules")) {
                var alert = (Map<?, ?>) rule;
                assertThat(alert.get("alert")).isNotNull();
                assertThat((Map<?, ?>) alert.get("annotations"))
                        .as(alert.toString())
                        .isNotEmpty();
                expressions.add(alert.get("expr").toString());
            }
        }

        assertThat(expressions)
                .hasSizeGreaterThan(6)
                .allMatch(text -> METRIC.matcher(text).find() || text.startsWith("up{"));
        assertThat(known()).containsAll(metrics(expressions));
    }

    @Test
    void theDashboardAsksForMetricsThatThereAre() throws IOException {
        var expressions = new ArrayList<String>();
        for (var panel : new ObjectMapper()
                .readTree(FOLDER.resolve("dashboard.json").toFile())
                .get("panels")) {
            panel.get("targets")
                    .forEach(target -> expressions.add(target.get("expr").asText()));
        }

        assertThat(expressions).hasSizeGreaterThan(8);
        assertThat(known()).containsAll(metrics(expressions));
    }
}
