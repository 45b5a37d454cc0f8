package localcdc.connect;

import localcdc.core.event.TableId;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** How the keys of one schema are written. Immutable. */
final class KeyFormat {

    private final JsonColumns columns;
    private final byte[] types;

    private KeyFormat(JsonColumns columns, byte[] types) {
        this.columns = columns;
        this.types = types;
    }

    static KeyFormat of(Schema key) {
        var columns = JsonColumns.of(key);
        var types = new JsonSink();
        var separator = '[';
        for (var type : columns.types()) {
            types.put(separator).put(JsonSink.quoted(type));
            separator = ',';
        }
        return new KeyFormat(columns, types.put(']').bytes());
    }

    /** The members that name a table: {@code "schema":"inventory","table":"customers",}. */
    static byte[] tableMembers(TableId table) {
        return new JsonSink()
                .put(JsonSink.ascii("\"schema\":"))
                .put(JsonSink.quoted(table.schema()))
                .put(JsonSink.ascii(",\"table\":"))
                .put(JsonSink.quoted(table.name()))
                .put(',')
                .bytes();
    }

    /** The key columns' types, as a JSON array of strings. */
    byte[] types() {
        return types;
    }

    /** Writes {@code {"id":1001}}. */
    void write(Struct key, JsonSink out) {
        var separator = '{';
        for (int i = 0; i < columns.count(); i++) {
            out.put(separator).put(columns.members().get(i)).putJson(columns.value(key, i));
            separator = ',';
        }
        out.put('}');
    }
}
