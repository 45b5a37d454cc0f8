package localcdc.lab.bench;

import io.debezium.spi.converter.ConvertedField;
import io.debezium.spi.converter.CustomConverter;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Holds an engine back before it opens its stream, so that the log can be written first. It converts nothing: the engine
 * configures its converters when it starts, and this one waits there. There is one gate in a JVM.
 */
public final class GateConverter implements CustomConverter<SchemaBuilder, ConvertedField> {

    private static final CountDownLatch REACHED = new CountDownLatch(1);
    private static final CountDownLatch OPEN = new CountDownLatch(1);

    /** For the engine, which makes it by reflection. */
    public GateConverter() {}

    @Override
    public void configure(Properties properties) {
        REACHED.countDown();
        try {
            OPEN.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void converterFor(ConvertedField field, ConverterRegistration<SchemaBuilder> registration) {
        // No column: the gate only waits.
    }

    /** Waits until an engine stands at the gate. */
    static void awaitEngine() throws InterruptedException {
        REACHED.await();
    }

    static void open() {
        OPEN.countDown();
    }
}
