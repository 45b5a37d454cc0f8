package localcdc.connect;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import localcdc.core.value.PgType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** Records as Debezium makes them, of one table. */
final class DebeziumRecords {

    static final Schema FULL_SOURCE = SchemaBuilder.struct()
            .name("io.debezium.connector.postgresql.Source")
            .field("version", Schema.STRING_SCHEMA)
            .field("name", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .field("db", Schema.STRING_SCHEMA)
            .field("ts_us", Schema.OPTIONAL_INT64_SCHEMA)
            .field("schema", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("txId", Schema.OPTIONAL_INT64_SCHEMA)
            .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
            .build();

    static final Schema BRIEF_SOURCE = SchemaBuilder.struct()
            .name("localcdc.Source")
            .field("ts_us", Schema.OPTIONAL_INT64_SCHEMA)
            .field("schema", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("txId", Schema.OPTIONAL_INT64_SCHEMA)
            .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
            .build();

    private static final long CAPTURED = 1_700_000_000_123_456L;
    private static final long COMMITTED = 1_700_000_000_000_001L;
    private static final long LSN = 25_000_000L;

    final Schema key;
    final Schema row;
    final Schema envelope;
    private final Schema source;

    private DebeziumRecords(Schema source, Schema key, Schema row) {
        this.source = source;
        this.key = key;
        this.row = row;
        this.envelope = SchemaBuilder.struct()
                .name("cdc.inventory.customers.Envelope")
                .field("before", row)
                .field("after", row)
                .field("source", source)
                .field("op", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
                .field("ts_us", Schema.OPTIONAL_INT64_SCHEMA)
                .build();
    }

    /** Records of a table with the columns id int4, name text, note text. */
    static DebeziumRecords of(Schema source) {
        return new DebeziumRecords(
                source,
                struct("Key", "id", column("int4")),
                SchemaBuilder.struct()
                        .name("cdc.inventory.customers.Value")
                        .optional()
                        .field("id", column("int4"))
                        .field("name", column("text"))
                        .field("note", column("text"))
                        .build());
    }

    /** Records of a table with one column id, of any schema. */
    static DebeziumRecords withId(Schema key, Schema id) {
        return new DebeziumRecords(FULL_SOURCE, key, struct("Value", "id", id));
    }

    static Schema struct(String name, String column, Schema type) {
        return SchemaBuilder.struct()
                .name("cdc.inventory.customers." + name)
                .optional()
                .field(column, type)
                .build();
    }

    /** A key's schema with these columns, whose types do not matter. */
    static Schema key(Collection<String> columns) {
        var key = SchemaBuilder.struct();
        columns.forEach(name -> key.field(name, column("text")));
        return key.build();
    }

    static Schema column(String type) {
        return new JsonSchemaBuilder(PgType.parse(type)).build();
    }

    Struct key(String id) {
        return new Struct(key).put("id", id);
    }

    Struct row(String id, String name, String note) {
        return new Struct(row).put("id", id).put("name", name).put("note", note);
    }

    SourceRecord event(String operation, Struct key, Struct after) {
        var value = envelope(envelope, operation).put("after", after).put("ts_us", CAPTURED);
        return record("cdc.inventory.customers", key, value);
    }

    SourceRecord tombstone(SourceRecord delete) {
        return delete.newRecord(
                delete.topic(),
                delete.kafkaPartition(),
                delete.keySchema(),
                delete.key(),
                null,
                null,
                delete.timestamp(),
                delete.headers());
    }

    SourceRecord message(String prefix, Object content) {
        var contentSchema = content instanceof String ? Schema.STRING_SCHEMA : Schema.OPTIONAL_BYTES_SCHEMA;
        var block = SchemaBuilder.struct()
                .field("prefix", Schema.OPTIONAL_STRING_SCHEMA)
                .field("content", contentSchema)
                .build();
        var schema = SchemaBuilder.struct()
                .field("op", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
                .field("source", source)
                .field("message", block)
                .build();
        var sent = content instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : content;
        var value = envelope(schema, "m")
                .put("message", new Struct(block).put("prefix", prefix).put("content", sent));
        var messageKey = SchemaBuilder.struct()
                .field("prefix", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        return record("cdc.message", new Struct(messageKey).put("prefix", prefix), value);
    }

    /** As Debezium's sink channel sends it, with the position that the connector is at. */
    SourceRecord notification(String about, String type, Map<String, ?> position) {
        var schema = SchemaBuilder.struct()
                .name("io.debezium.connector.common.Notification")
                .field("id", Schema.STRING_SCHEMA)
                .field("type", Schema.STRING_SCHEMA)
                .field("aggregate_type", Schema.STRING_SCHEMA)
                .field("timestamp", Schema.INT64_SCHEMA)
                .build();
        var value = new Struct(schema)
                .put("id", "1")
                .put("type", type)
                .put("aggregate_type", about)
                .put("timestamp", 1700000000123L);
        return new SourceRecord(Map.of("server", "cdc"), position, "cdc.control", null, null, schema, value);
    }

    private Struct envelope(Schema schema, String operation) {
        var from = new Struct(source)
                .put("ts_us", COMMITTED)
                .put("schema", "inventory")
                .put("table", "customers")
                .put("txId", 771L)
                .put("lsn", LSN);
        if (source == FULL_SOURCE) {
            from.put("version", "3.6.1.Final")
                    .put("name", "cdc")
                    .put("db", "shop")
                    .put("ts_ms", COMMITTED / 1000);
        }
        return new Struct(schema)
                .put("op", operation)
                .put("ts_ms", CAPTURED / 1000)
                .put("source", from);
    }

    static SourceRecord record(String topic, Struct key, Struct value) {
        return new SourceRecord(
                Map.of("server", "cdc"),
                Map.of("lsn", LSN, "txId", 771L),
                topic,
                key == null ? null : key.schema(),
                key,
                value.schema(),
                value);
    }
}
