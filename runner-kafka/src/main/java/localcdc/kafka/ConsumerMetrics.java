package localcdc.kafka;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.stats.CumulativeSum;

/**
 * The consumers' own metrics under the names that Micrometer gives them, so that dashboards made for those show them too.
 * As there, a metric that comes for the client and again for each of its topics or partitions is only shown for these. One
 * that has no value yet is not shown. Any thread may ask.
 *
 * @see <a href="https://docs.micrometer.io/micrometer/reference/reference/kafka.html">Micrometer's Kafka metrics</a>
 */
final class ConsumerMetrics implements MultiCollector {

    private static final Set<String> GROUPS =
            Set.of("consumer-fetch-manager-metrics", "consumer-coordinator-metrics", "consumer-metrics");

    private final KafkaFacts facts;

    /** A metric with its value at this moment: the next one may be none. */
    private record Reading(Metric metric, double value) {}

    ConsumerMetrics(KafkaFacts facts) {
        this.facts = facts;
    }

    @Override
    public MetricSnapshots collect() {
        var byName = new TreeMap<String, Map<Labels, Reading>>();
        for (var reader : facts.readers()) {
            var topics = reader.topics();
            reader.metrics().forEach((name, metric) -> {
                if (GROUPS.contains(name.group())
                        && isRead(name, topics)
                        && metric.metricValue() instanceof Number number
                        && Double.isFinite(number.doubleValue())) {
                    // Two consumers with one client.id of the user's choice cannot be told from each other.
                    byName.computeIfAbsent(shownName(name), any -> new LinkedHashMap<>())
                            .putIfAbsent(labels(name), new Reading(metric, number.doubleValue()));
                }
            });
        }
        var all = MetricSnapshots.builder();
        byName.forEach((name, metrics) -> all.metricSnapshot(snapshot(name, finest(metrics))));
        return all.build();
    }

    /** The consumer shows a topic with dots in its name a second time, with underscores, and topics that it has left, too. */
    private static boolean isRead(MetricName name, Set<String> topics) {
        var topic = name.tags().get("topic");
        return topic == null || topics.contains(topic);
    }

    private static String shownName(MetricName name) {
        return ("kafka_" + name.group() + "_" + name.name())
                .replace("-metrics", "")
                .replace('-', '_');
    }

    private static Labels labels(MetricName name) {
        var labels = new TreeMap<String, String>();
        name.tags().forEach((tag, value) -> labels.put(tag.replace('-', '_'), value));
        return Labels.of(labels.keySet().toArray(String[]::new), labels.values().toArray(String[]::new));
    }

    private static Map<Labels, Reading> finest(Map<Labels, Reading> metrics) {
        int most = metrics.keySet().stream().mapToInt(Labels::size).max().orElse(0);
        metrics.keySet().removeIf(labels -> labels.size() < most);
        return metrics;
    }

    private static MetricSnapshot snapshot(String name, Map<Labels, Reading> metrics) {
        var one = metrics.values().iterator().next().metric();
        var help = one.metricName().description().replaceFirst(" Note: For topic names with periods.*", "");
        if (isCounter(one)) {
            var counter = CounterSnapshot.builder()
                    .name(name.replaceFirst("_total$", ""))
                    .help(help);
            metrics.forEach((labels, reading) -> counter.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(labels)
                    .value(reading.value())
                    .build()));
            return counter.build();
        }
        var gauge = GaugeSnapshot.builder().name(name).help(help);
        metrics.forEach((labels, reading) -> gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(reading.value())
                .build()));
        return gauge.build();
    }

    private static boolean isCounter(Metric metric) {
        return metric instanceof KafkaMetric known
                && known.isMeasurable()
                && known.measurable() instanceof CumulativeSum;
    }
}
