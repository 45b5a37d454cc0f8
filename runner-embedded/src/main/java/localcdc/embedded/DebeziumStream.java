package localcdc.embedded;

import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;

/** Changes by way of the Debezium engine: each is applied as it comes. */
final class DebeziumStream {

    private final StructDecoder decoder;
    private final ChangeReceiver receiver;

    private DebeziumStream(Generation generation, ChangeReceiver receiver) {
        this.decoder = new StructDecoder(generation.tables());
        this.receiver = receiver;
    }

    /** Starts an engine on the generation's slot. */
    static ChangeStream start(EmbeddedSettings settings, Generation generation, ChangeReceiver receiver) {
        var properties = EngineSettings.of(settings, generation.slot(), generation.publication(), generation.tables());
        return EngineRun.start(properties, new DebeziumStream(generation, receiver)::receive);
    }

    private void receive(List<SourceRecord> records) {
        for (var received : records) {
            var decoded = decoder.decode(received);
            if (decoded instanceof StructDecoder.Change change) {
                receiver.change(change.event(), decoder.capturedMicros(), decoder.previousCommit());
            } else if (decoded instanceof StructDecoder.Message message) {
                receiver.message(message.content(), message.lsn());
            }
        }
        if (decoder.takeNewShapeSeen()) {
            receiver.newShapeSeen();
        }
    }
}
