package localcdc.kafka;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import localcdc.core.decode.MalformedRecordException;
import localcdc.core.decode.RecordDecoder;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.TableId;
import localcdc.core.source.ChangeHandler;
import localcdc.core.source.SourceException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Takes one record after another to the map: decode, apply, count. For the one thread that reads. */
final class Applier {

    /** A logical message that has come by. */
    record Message(String content, long lsn, long commitMicros) {}

    /** Hears of what the control topic says beside truncates. */
    interface Messages {
        void message(Message message);

        /** A snapshot was read to its end. */
        void snapshotEnd(long lsn);

        /** The topic will be read again, or another one in its place. */
        void forget();
    }

    private static final long MICROS_PER_MILLI = 1000;

    private final KafkaSettings settings;
    private final ChangeHandler handler;
    private final KnownTables tables;
    private final BadRecords bad;
    private final Messages messages;
    /** The latest truncate of each table, also of tables that no record has shown yet. */
    private final Map<TableId, ChangeEvent> truncates = new HashMap<>();
    /** Tables that are in the map only because a topic is called so. */
    private final Map<String, TableId> assumed = new HashMap<>();

    private final Set<TableId> opened = new HashSet<>();
    private final long[] moments = new long[2];

    Applier(KafkaSettings settings, ChangeHandler handler, KnownTables tables, BadRecords bad, Messages messages) {
        this.settings = settings;
        this.handler = handler;
        this.tables = tables;
        this.bad = bad;
        this.messages = messages;
    }

    /**
     * Applies one record.
     *
     * @param rows whether the stream carries rows; else only truncates and messages count
     * @throws SourceException when it cannot be read and that is to end the runner
     */
    void apply(ConsumerRecord<byte[], byte[]> one, Stream stream, boolean rows) throws SourceException {
        var decoder = stream.decoder();
        try {
            switch (decoder.decode(one.key(), one.value(), header(one))) {
                case CHANGE -> change(one, stream, rows);
                case TOMBSTONE -> {
                    if (rows) {
                        tombstone(one.topic(), decoder.event());
                    }
                }
                case MOVED_AWAY -> {
                    // In a topic of one partition the other half follows, so that no reader has to see the row gone. It
                    // does not where it went to another partition, or where compaction has taken it away.
                    if (rows && !(stream.isOnly() && one.offset() >= stream.target())) {
                        tombstone(one.topic(), decoder.event());
                    }
                }
                case MESSAGE -> messages.message(new Message(decoder.content(), decoder.lsn(), decoder.commitMicros()));
                case SNAPSHOT_END -> messages.snapshotEnd(decoder.lsn());
                case NOTHING -> {
                    // Debezium's own record.
                }
            }
        } catch (MalformedRecordException e) {
            refuse(one, e.getMessage());
        }
    }

    static byte[] header(ConsumerRecord<byte[], byte[]> one) {
        if (one.value() != null) {
            return null;
        }
        var header = one.headers().lastHeader(RecordDecoder.HEADER);
        return header == null ? null : header.value();
    }

    private void refuse(ConsumerRecord<byte[], byte[]> one, String problem) throws SourceException {
        bad.add(one, problem);
        if (settings.onBadRecord() == KafkaSettings.OnBadRecord.STOP) {
            throw new SourceException(
                    "The record at " + BadRecords.at(one) + " cannot be read: " + problem + ". key="
                            + BadRecords.sample(one.key()) + " value=" + BadRecords.sample(one.value()),
                    "Without --on-bad-record stop it is counted and skipped.");
        }
    }

    private void change(ConsumerRecord<byte[], byte[]> one, Stream stream, boolean rows) {
        var decoder = stream.decoder();
        var event = decoder.event();
        if (settings.tablesLeftOut().contains(event.table())) {
            return;
        }
        if (event.operation() == Operation.TRUNCATE) {
            truncate(event);
            return;
        }
        if (!rows) {
            return;
        }
        learn(one.topic(), event.table(), decoder.table());
        if (one.offset() < stream.target()) {
            handler.replay(event);
        } else {
            moments[0] = decoder.capturedMicros();
            moments[1] = Math.max(0, one.timestamp()) * MICROS_PER_MILLI;
            handler.apply(event, moments);
        }
    }

    /** Keeps what the record shows of its table; the first one puts the table into the map. */
    private void learn(String topic, TableId table, RecordDecoder.Seen seen) {
        var known = tables.get(table);
        if (seen != null && seen.equals(known)) {
            return;
        }
        if (opened.add(table)) {
            // Also for a deletion: an older record of the row may follow, in another partition.
            var wrong = assumed.remove(topic);
            if (wrong != null && !wrong.equals(table) && tables.get(wrong) == null) {
                opened.remove(wrong);
                handler.close(wrong);
            }
            open(table);
        }
        if (seen != null) {
            tables.put(table, seen);
        }
    }

    private void open(TableId table) {
        handler.open(table);
        var truncate = truncates.get(table);
        if (truncate != null) {
            // It may have come by before the first row, and older rows may follow.
            handler.replay(truncate);
        }
    }

    private void truncate(ChangeEvent event) {
        truncates.merge(event.table(), event, (a, b) -> Long.compareUnsigned(a.lsn(), b.lsn()) >= 0 ? a : b);
        handler.replay(event);
    }

    private void tombstone(String topic, ChangeEvent event) {
        if (!settings.tablesLeftOut().contains(event.table())) {
            learn(topic, event.table(), null);
            handler.applyTombstone(event);
        }
    }

    /** A topic has been read to its end without showing a table: the map holds the one that it is named after. */
    void assume(String topic, TableId table) {
        if (!settings.tablesLeftOut().contains(table) && opened.add(table)) {
            assumed.put(topic, table);
            open(table);
        }
    }

    /** Forgets what the control topic has said: it will be read again, or another one in its place. */
    void forgetControl() {
        truncates.clear();
        messages.forget();
        handler.forgetMarks();
    }
}
