package localcdc.connect;

import java.util.IdentityHashMap;
import java.util.Map;
import localcdc.connect.RowFormat.MovedKey;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * Makes of each of Debezium's records the bytes of its key and value, as docs/reference/topics.md describes them. Rows need
 * {@link CanonicalConverter}, and the connector's converters must be {@code ByteArrayConverter}, which hands the bytes on.
 *
 * <p>Rows and tombstones stay in their topic. Truncates and logical messages go to the control topic, with a key, which
 * neither a compacted topic nor a reader could do without. Of the notifications that Debezium sends there, {@link
 * SnapshotEnds} says what becomes of them. Everything else becomes JSON without schemas, where it is.
 *
 * <p>A row that it cannot write exactly is a {@link DataException}, which ends the task; it never writes less than it was
 * given. For one thread, as Connect calls it.
 */
public final class CanonicalRecord implements Transformation<SourceRecord> {

    /** The property with the control topic's name; without it, the connector's topic prefix and {@link #CONTROL_SUFFIX}. */
    public static final String CONTROL_TOPIC = "control.topic";

    /** What a control topic's name ends in, by which {@link MessageBarrier} knows it. */
    public static final String CONTROL_SUFFIX = ".control";

    /** The header of a tombstone, which says what its value cannot. */
    public static final String HEADER = "localcdc";

    private static final String OLD_KEY_HEADER = "__debezium.oldkey";
    private static final String NEW_KEY_HEADER = "__debezium.newkey";
    private static final String DEBEZIUM_HEADERS = "__debezium.";
    private static final byte[] TRUNCATE_KEY = JsonSink.ascii("{\"truncate\":");
    private static final byte[] LSN = JsonSink.ascii("\"lsn\":");
    private static final byte[] KEY = JsonSink.ascii(",\"key\":");

    /** Schemas are few, and a changed table has new ones; more than these means that somebody makes one for each record. */
    private static final int KNOWN_SCHEMAS = 1000;

    private static final ConfigDef CONFIG = new ConfigDef()
            .define(
                    CONTROL_TOPIC,
                    ConfigDef.Type.STRING,
                    "",
                    ConfigDef.LambdaValidator.with(
                            CanonicalRecord::checkControlTopic, () -> "a name that ends in " + CONTROL_SUFFIX),
                    ConfigDef.Importance.LOW,
                    "The topic of truncates, logical messages and snapshots' ends; by default the topic prefix and "
                            + CONTROL_SUFFIX);

    private final IdentityHashMap<Schema, Format> formats = new IdentityHashMap<>();
    private final IdentityHashMap<Schema, KeyFormat> keyFormats = new IdentityHashMap<>();
    private final JsonSink sink = new JsonSink();
    private final JsonConverter plainKeys = new JsonConverter();
    private final JsonConverter plainValues = new JsonConverter();
    private String controlTopic = "";
    private Schema deletedKey;
    private RowFormat deletedFrom;

    /** How to write the records with values of one schema: rows, messages, or neither. */
    private record Format(Envelope rows, RowFormat row, MessageFormat message) {}

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> properties) {
        controlTopic = (String) CONFIG.parse(properties).get(CONTROL_TOPIC);
        var settings = Map.of("schemas.enable", "false", "replace.null.with.default", "false");
        plainKeys.configure(settings, true);
        plainValues.configure(settings, false);
    }

    private static void checkControlTopic(String name, Object value) {
        var topic = (String) value;
        if (!topic.isEmpty() && !topic.endsWith(CONTROL_SUFFIX)) {
            throw new ConfigException(
                    name, topic, "It must end in " + CONTROL_SUFFIX + ", by which MessageBarrier knows it.");
        }
    }

    @Override
    public SourceRecord apply(SourceRecord received) {
        if (received.value() instanceof Struct value) {
            var format = format(value);
            if (format.message != null) {
                return message(received, value, format.message);
            }
            if (format.rows != null) {
                return format.rows.operation(value).equals("t")
                        ? truncate(received, value, format)
                        : row(received, value, format.row);
            }
            if (SnapshotEnds.isNotification(value.schema()) && received.topic().endsWith(CONTROL_SUFFIX)) {
                return notification(received, value);
            }
        } else if (received.value() == null && received.key() instanceof Struct key && key.schema() == deletedKey) {
            return tombstone(received, key);
        }
        return plain(received);
    }

    private Format format(Struct value) {
        var known = formats.get(value.schema());
        if (known == null || (known.row != null && !known.row.isOf(value))) {
            known = newFormat(value);
            put(formats, value.schema(), known);
        }
        return known;
    }

    private static Format newFormat(Struct value) {
        var schema = value.schema();
        var rows = Envelope.of(schema, "after");
        if (rows != null) {
            return new Format(rows, RowFormat.of(rows, value), null);
        }
        var messages = Envelope.of(schema, "message");
        return new Format(null, null, messages == null ? null : new MessageFormat(messages));
    }

    private KeyFormat keyFormat(Schema schema) {
        var known = keyFormats.get(schema);
        if (known == null) {
            known = KeyFormat.of(schema);
            put(keyFormats, schema, known);
        }
        return known;
    }

    private static <T> void put(IdentityHashMap<Schema, T> known, Schema schema, T format) {
        if (known.size() >= KNOWN_SCHEMAS) {
            known.clear();
        }
        known.put(schema, format);
    }

    private SourceRecord row(SourceRecord received, Struct value, RowFormat row) {
        if (!(received.key() instanceof Struct key)) {
            throw new DataException(
                    "A row of " + row.table() + " came without a key, so that no reader could tell which"
                            + " row it is. Give the table a primary key, or take it out of table.include.list.");
        }
        if (row.isDelete(value)) {
            deletedKey = key.schema();
            deletedFrom = row;
        }
        var keyFormat = keyFormat(key.schema());
        row.write(value, keyFormat, moved(received), sink.begin());
        var bytes = sink.bytes();
        return written(
                received,
                received.topic(),
                received.kafkaPartition(),
                keyBytes(key, keyFormat),
                bytes,
                headers(received));
    }

    /** The key that the row has left, or that it has gone to. */
    private MovedKey moved(SourceRecord received) {
        if (received.headers().isEmpty()) {
            return null;
        }
        var old = moved(received, OLD_KEY_HEADER, true);
        return old == null ? moved(received, NEW_KEY_HEADER, false) : old;
    }

    private MovedKey moved(SourceRecord received, String header, boolean isOld) {
        var found = received.headers().lastWithName(header);
        return found != null && found.value() instanceof Struct key
                ? new MovedKey(isOld, key, keyFormat(key.schema()))
                : null;
    }

    private byte[] keyBytes(Struct key, KeyFormat format) {
        format.write(key, sink.begin());
        return sink.bytes();
    }

    private SourceRecord tombstone(SourceRecord received, Struct key) {
        var format = keyFormat(key.schema());
        var moved = moved(received);
        sink.begin().put('{').put(deletedFrom.tableMembers()).put(LSN);
        sink.putNumber((Long) received.sourceOffset().get("lsn")).put(KEY).put(format.types());
        if (moved != null) {
            moved.write(sink);
        }
        // A string, since Connect's own header converter writes bytes as Base64.
        var headers = headers(received).addString(HEADER, sink.put('}').toString());
        return written(received, received.topic(), received.kafkaPartition(), keyBytes(key, format), null, headers);
    }

    private SourceRecord truncate(SourceRecord received, Struct value, Format format) {
        var table = format.row.table();
        format.rows.writeHead(value, format.row.tableMembers(), sink.begin());
        var bytes = sink.put('}').bytes();
        sink.begin().put(TRUNCATE_KEY).put(JsonSink.quoted(table.pathForm())).put('}');
        return written(received, controlTopic(received), null, sink.bytes(), bytes, headers(received));
    }

    private SourceRecord message(SourceRecord received, Struct value, MessageFormat format) {
        format.write(value, sink.begin());
        var bytes = sink.bytes();
        format.writeKey(value, sink.begin());
        return written(received, controlTopic(received), null, sink.bytes(), bytes, headers(received));
    }

    /** The end of a snapshot; nothing for any other notification, which no reader of the control topic asks for. */
    private SourceRecord notification(SourceRecord received, Struct value) {
        var lsn = SnapshotEnds.lsn(received, value);
        if (lsn == null) {
            return null;
        }
        SnapshotEnds.write(lsn, value, sink.begin());
        var bytes = sink.bytes();
        SnapshotEnds.writeKey(prefix(received), sink.begin());
        return written(received, controlTopic(received), null, sink.bytes(), bytes, headers(received));
    }

    private String controlTopic(SourceRecord received) {
        if (controlTopic.isEmpty()) {
            controlTopic = prefix(received) + CONTROL_SUFFIX;
        }
        return controlTopic;
    }

    private static String prefix(SourceRecord received) {
        if (received.sourcePartition().get("server") instanceof String prefix) {
            return prefix;
        }
        throw new DataException("The record's source partition " + received.sourcePartition()
                + " does not name the connector's topic prefix, which the control topic is called after. Set "
                + CONTROL_TOPIC + " in this transform's configuration.");
    }

    private SourceRecord plain(SourceRecord received) {
        return written(
                received,
                received.topic(),
                received.kafkaPartition(),
                plainKeys.fromConnectData(received.topic(), received.keySchema(), received.key()),
                plainValues.fromConnectData(received.topic(), received.valueSchema(), received.value()),
                headers(received));
    }

    /** All but Debezium's, which are Structs or of no use to a reader. */
    private static Headers headers(SourceRecord received) {
        var kept = new ConnectHeaders();
        for (var header : received.headers()) {
            if (!header.key().startsWith(DEBEZIUM_HEADERS)) {
                kept.add(header);
            }
        }
        return kept;
    }

    private static SourceRecord written(
            SourceRecord received, String topic, Integer partition, byte[] key, byte[] value, Headers headers) {
        return received.newRecord(
                topic,
                partition,
                key == null ? null : Schema.BYTES_SCHEMA,
                key,
                value == null ? null : Schema.BYTES_SCHEMA,
                value,
                received.timestamp(),
                headers);
    }

    @Override
    public void close() {
        formats.clear();
        keyFormats.clear();
        plainKeys.close();
        plainValues.close();
    }
}
