package localcdc.embedded;

import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;

/** Several records that the engine handles as one; its place in the log is the last one's. Immutable. */
final class RecordBatch extends SourceRecord {

    private final List<SourceRecord> records;

    /** Of records in the log's order, at least one; the list is the batch's from now on. */
    RecordBatch(List<SourceRecord> records) {
        this(records, records.get(records.size() - 1));
    }

    private RecordBatch(List<SourceRecord> records, SourceRecord last) {
        super(last.sourcePartition(), last.sourceOffset(), last.topic(), null, records);
        this.records = records;
    }

    List<SourceRecord> records() {
        return records;
    }
}
