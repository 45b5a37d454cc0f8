package localcdc.connect;

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Where Debezium's envelope of one schema keeps what is written of every event: of rows, truncates and messages. Immutable. */
final class Envelope {

    private static final byte[] OPERATION = JsonSink.ascii("{\"localcdc\":1,\"op\":\"");
    private static final byte[] CAPTURED = JsonSink.ascii("\",\"ts_us\":");
    private static final byte[] SOURCE = JsonSink.ascii(",\"source\":{");
    private static final byte[] LSN = JsonSink.ascii("\"lsn\":");
    private static final byte[] TRANSACTION = JsonSink.ascii(",\"txId\":");
    private static final byte[] COMMITTED = JsonSink.ascii(",\"ts_us\":");
    private static final long MICROS = 1000;

    private final Field operation;
    private final Field micros;
    private final Field millis;
    private final Field source;
    private final Field lsn;
    private final Field txId;
    private final Field commitMicros;

    private Envelope(Schema value) {
        operation = value.field("op");
        micros = value.field("ts_us");
        millis = value.field("ts_ms");
        source = value.field("source");
        lsn = source.schema().field("lsn");
        txId = source.schema().field("txId");
        commitMicros = source.schema().field("ts_us");
    }

    /** The envelope of values of this schema, or null if they are none; what it is about stands in the field {@code content}. */
    static Envelope of(Schema value, String content) {
        var isOne = value.field("op") != null
                && value.field(content) != null
                && value.field("source") != null
                && value.field("source").schema().type() == Schema.Type.STRUCT
                && value.field("source").schema().field("lsn") != null;
        return isOne ? new Envelope(value) : null;
    }

    /** As Debezium writes it: c, u, d, r, t, m. */
    String operation(Struct value) {
        return (String) value.get(operation);
    }

    Struct source(Struct value) {
        return (Struct) value.get(source);
    }

    /**
     * Writes the members that all events have; the object stays open.
     *
     * @param table the members that name the table, with their comma, or nothing
     */
    void writeHead(Struct value, byte[] table, JsonSink out) {
        var from = source(value);
        out.put(OPERATION).put(JsonSink.ascii(operation(value))).put(CAPTURED).putNumber(capturedMicros(value));
        out.put(SOURCE).put(table).put(LSN).putNumber(number(from, lsn));
        out.put(TRANSACTION).putNumber(number(from, txId));
        out.put(COMMITTED).putNumber(number(from, commitMicros)).put('}');
    }

    private Long capturedMicros(Struct value) {
        var exact = number(value, micros);
        if (exact != null) {
            return exact;
        }
        // Messages have milliseconds only.
        var rough = number(value, millis);
        return rough == null ? null : Long.valueOf(rough * MICROS);
    }

    private static Long number(Struct struct, Field field) {
        return field == null ? null : (Long) struct.get(field);
    }
}
