package localcdc.embedded;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Set;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Debezium engine's own metrics of streaming, as Prometheus' JMX exporter shows them with the rules of Debezium's example,
 * so that dashboards made for those show them too: numbers as they are, booleans as 0 or 1. None while no engine runs. Its
 * snapshot's are left out: the runner reads the tables itself. Any thread may ask.
 *
 * @see <a href="https://github.com/debezium/debezium-examples/tree/main/monitoring">Debezium's example of monitoring</a>
 */
final class EngineMetrics implements MultiCollector {

    private static final Logger LOG = LoggerFactory.getLogger(EngineMetrics.class);
    private static final Set<String> TYPES = Set.of(
            "int",
            "long",
            "double",
            "boolean",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Double",
            "java.lang.Boolean");
    private static final String PLUGIN = "postgres";
    private static final String CONTEXT = "streaming";

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final ObjectName name;
    private final Labels labels;

    /** @param topicPrefix what the engine calls its server */
    EngineMetrics(String topicPrefix) {
        try {
            name = new ObjectName(
                    "debezium." + PLUGIN + ":type=connector-metrics,context=" + CONTEXT + ",server=" + topicPrefix);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException("no topic prefix: '" + topicPrefix + "'", e);
        }
        labels = Labels.of("plugin", PLUGIN, "name", topicPrefix, "context", CONTEXT);
    }

    @Override
    public MetricSnapshots collect() {
        var all = MetricSnapshots.builder();
        try {
            var attributes = Arrays.stream(beans.getMBeanInfo(name).getAttributes())
                    .filter(attribute -> TYPES.contains(attribute.getType()))
                    .map(MBeanAttributeInfo::getName)
                    .toArray(String[]::new);
            for (var attribute : beans.getAttributes(name, attributes).asList()) {
                if (attribute.getValue() instanceof Number number) {
                    all.metricSnapshot(metric(attribute.getName(), number.doubleValue()));
                } else if (attribute.getValue() instanceof Boolean truth) {
                    all.metricSnapshot(metric(attribute.getName(), truth ? 1 : 0));
                }
            }
        } catch (InstanceNotFoundException e) {
            LOG.trace("no engine runs", e);
        } catch (JMException e) {
            LOG.debug("the engine's metrics cannot be read", e);
        }
        return all.build();
    }

    private UnknownSnapshot metric(String attribute, double value) {
        return UnknownSnapshot.builder()
                .name("debezium_metrics_" + attribute)
                .help("The engine's " + attribute + ".")
                .dataPoint(UnknownSnapshot.UnknownDataPointSnapshot.builder()
                        .labels(labels)
                        .value(value)
                        .build())
                .build();
    }
}
