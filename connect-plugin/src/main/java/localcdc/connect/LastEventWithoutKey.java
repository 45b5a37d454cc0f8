package localcdc.connect;

import io.debezium.bean.StandardBeanNames;
import io.debezium.config.CommonConnectorConfig;
import io.debezium.config.Configuration;
import io.debezium.data.Envelope.Operation;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import io.debezium.pipeline.ConnectorEvent;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.signal.actions.SignalAction;
import io.debezium.pipeline.signal.actions.SignalActionProvider;
import io.debezium.pipeline.source.spi.DataChangeEventListener;
import io.debezium.pipeline.spi.OffsetContext;
import io.debezium.pipeline.spi.Partition;
import io.debezium.spi.schema.DataCollectionId;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Debezium's streaming faster: keeps the key out of the text {@code LastEvent} of its streaming MBean. Debezium writes that text for every event, whether anybody reads it or not, and makes an {@code ObjectMapper} of its own
 * to print the key. Everything else that the MBean tells stays.
 *
 * <p>Debezium finds this class by {@link java.util.ServiceLoader} and calls it after it has set its own listener and before
 * it reads the first event, on the thread that will read. It offers no signal action. It does nothing for a connector whose
 * configuration does not set {@link #PROPERTY} to {@code true}; and where a version of Debezium does not let it, it logs so
 * and leaves things as they are: slower, but right.
 */
public final class LastEventWithoutKey implements SignalActionProvider {

    /** The connector's property that asks for it. */
    public static final String PROPERTY = "localcdc.last.event.without.key";

    private static final Logger LOG = LoggerFactory.getLogger(LastEventWithoutKey.class);

    @Override
    public <P extends Partition> Map<String, SignalAction<P>> createActions(
            EventDispatcher<P, ? extends DataCollectionId> dispatcher,
            ChangeEventSourceCoordinator<P, ?> coordinator,
            CommonConnectorConfig config) {
        var properties = config.getBeanRegistry().lookupByName(StandardBeanNames.CONFIGURATION, Configuration.class);
        if (properties.getBoolean(PROPERTY, false)) {
            try {
                dispatcher.setEventListener(new WithoutKey<>(streamingMetrics(coordinator)));
            } catch (ReflectiveOperationException | RuntimeException e) {
                LOG.warn("{}=true has no effect: this Debezium keeps its metrics elsewhere", PROPERTY, e);
            }
        }
        return Map.of();
    }

    /** What the coordinator has given to the dispatcher; neither of them hands it out. */
    @SuppressWarnings("unchecked") // the field's declared type
    private static <P extends Partition> DataChangeEventListener<P> streamingMetrics(
            ChangeEventSourceCoordinator<P, ?> coordinator) throws ReflectiveOperationException {
        var field = ChangeEventSourceCoordinator.class.getDeclaredField("streamingMetrics");
        field.setAccessible(true);
        return (DataChangeEventListener<P>) field.get(coordinator);
    }

    private record WithoutKey<P extends Partition>(DataChangeEventListener<P> metrics)
            implements DataChangeEventListener<P> {

        @Override
        public void onEvent(
                P partition,
                DataCollectionId source,
                OffsetContext offset,
                Object key,
                Struct value,
                Operation operation) {
            metrics.onEvent(partition, source, offset, null, value, operation);
        }

        @Override
        public void onFilteredEvent(P partition, String event) {
            metrics.onFilteredEvent(partition, event);
        }

        @Override
        public void onFilteredEvent(P partition, String event, Operation operation) {
            metrics.onFilteredEvent(partition, event, operation);
        }

        @Override
        public void onErroneousEvent(P partition, String event) {
            metrics.onErroneousEvent(partition, event);
        }

        @Override
        public void onErroneousEvent(P partition, String event, Operation operation) {
            metrics.onErroneousEvent(partition, event, operation);
        }

        @Override
        public void onConnectorEvent(P partition, ConnectorEvent event) {
            metrics.onConnectorEvent(partition, event);
        }

        @Override
        public void onUnchangedEventSkipped(P partition) {
            metrics.onUnchangedEventSkipped(partition);
        }
    }
}
