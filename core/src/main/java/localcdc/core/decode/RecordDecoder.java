package localcdc.core.decode;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.KeyReader;
import localcdc.core.event.Lsn;
import localcdc.core.event.RowShape;
import localcdc.core.event.TableId;
import localcdc.core.value.MalformedValueException;

/**
 * Turns the records of one partition into change events. It reads the project's own format, Debezium's envelope with and
 * without schemas, rows flattened by {@code ExtractNewRecordState}, and tombstones, each told by itself; see
 * {@code docs/reference/topics.md}.
 *
 * <p>A record that is none of these, or that is damaged, is a {@link MalformedRecordException} and leaves no trace. In a
 * partition that has carried the project's own format nothing else is taken for a row any more. For one thread; after
 * {@link #decode} the answer's parts can be asked for until the next call.
 */
public final class RecordDecoder {

    /** What a record says. */
    public enum Kind {
        /** A change of a row, or a truncate. */
        CHANGE,
        /** The second record of a deletion, or all that compaction has left of it. */
        TOMBSTONE,
        /** A row goes on under another key: the record that follows, maybe in another partition, says so too. */
        MOVED_AWAY,
        /** A logical message: a marker or a heartbeat. */
        MESSAGE,
        /** A snapshot was read to its end: {@link #lsn} is where it stands in the log. */
        SNAPSHOT_END,
        /** A record of Debezium's that tells nothing of a row: its own heartbeat, a transaction's end. */
        NOTHING
    }

    /**
     * A table as its latest record showed it.
     *
     * @param shape the columns that the map holds
     * @param keys how its keys are read
     * @param inferred whether the key's types were guessed from its values, since the record does not name them
     */
    public record Seen(RowShape shape, KeyReader keys, boolean inferred) {

        /** Whether both come from one look: asked for every record, so nothing is compared but the objects. */
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private final Answer answer;
    private final OwnFormat own;
    private final ForeignFormats foreign;

    /**
     * @param table what the topic's name says the table is, for records that do not name theirs; null where it says nothing
     * @param partition the partition's number in {@link localcdc.core.event.SourcePosition}
     * @param leftOut columns that the map does not hold, by table
     */
    public RecordDecoder(TableId table, int partition, Map<TableId, ? extends Collection<String>> leftOut) {
        this.answer = new Answer(partition);
        this.own = new OwnFormat(answer, leftOut);
        this.foreign = new ForeignFormats(answer, table, leftOut);
    }

    /**
     * Reads one record.
     *
     * @param key the record's key, or null
     * @param value the record's value, or null
     * @param header the value of its header {@value #HEADER}, or null
     * @throws MalformedRecordException when it cannot be read
     */
    public Kind decode(byte[] key, byte[] value, byte[] header) {
        answer.clear();
        try {
            if (header != null && value == null) {
                return own.tombstone(require(key), header);
            }
            // JsonConverter without schemas writes the value that ExtractNewRecordState took away as a word.
            if (value == null || (Arrays.equals(value, NULL) && foreign.carriesFlatRowsOnly() && !own.seen())) {
                return foreign.tombstone(require(key));
            }
            if (own.scan(key, value)) {
                return answer.kind();
            }
            var members = JsonMembers.of("the value", value);
            if (members.has(OwnFormat.VERSION)) {
                return own.read(key, members);
            }
            return foreign.read(key, members, own.seen());
        } catch (MalformedValueException | IllegalArgumentException e) {
            throw new MalformedRecordException(e.getMessage(), e);
        }
    }

    /** The header that says whose a tombstone is. */
    public static final String HEADER = "localcdc";

    private static byte[] require(byte[] key) {
        if (key == null) {
            throw new MalformedRecordException("there is neither a key nor a value");
        }
        return key;
    }

    /** The change of a CHANGE, TOMBSTONE or MOVED_AWAY. */
    public ChangeEvent event() {
        return answer.event();
    }

    /** When Debezium read the change from the log, microseconds since 1970-01-01 UTC by its machine's clock; 0: unknown. */
    public long capturedMicros() {
        return answer.capturedMicros();
    }

    /** A message's content. */
    public String content() {
        return answer.content();
    }

    /** A message's or a snapshot's place in the log; {@link Lsn#NONE} where it is not known. */
    public long lsn() {
        return answer.lsn();
    }

    /** When the message was committed, microseconds since 1970-01-01 UTC by the database's clock; 0: unknown. */
    public long commitMicros() {
        return answer.commitMicros();
    }

    /** The table of a CHANGE as this record shows it; null for a truncate, and where the record shows only a key. */
    public Seen table() {
        return answer.table();
    }

    /** The columns' names of a JSON object that is a record's key; for looking at a record. */
    static List<String> names(byte[] key) {
        return JsonMembers.of("the key", key).names();
    }
}
