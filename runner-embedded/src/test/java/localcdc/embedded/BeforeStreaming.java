package localcdc.embedded;

import io.debezium.processors.spi.PostProcessor;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.data.Struct;

/** Does something once while the engine starts: after the runner has made or checked the slot, before the engine opens it. */
public final class BeforeStreaming implements PostProcessor {

    private static final AtomicReference<Runnable> ACTION = new AtomicReference<>();

    /** The engine properties that make the engine call the action at its next start. */
    static Map<String, String> once(Runnable action) {
        ACTION.set(action);
        return Map.of("post.processors", "before", "before.type", BeforeStreaming.class.getName());
    }

    static boolean isDone() {
        return ACTION.get() == null;
    }

    @Override
    public void configure(Map<String, ?> properties) {
        var action = ACTION.getAndSet(null);
        if (action != null) {
            action.run();
        }
    }

    @Override
    public void apply(Object key, Struct value) {
        // Every record stays as it is.
    }

    @Override
    public void close() {
        // Nothing was opened.
    }
}
