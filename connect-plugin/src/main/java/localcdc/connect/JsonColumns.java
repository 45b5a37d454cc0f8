package localcdc.connect;

import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * The columns of a Struct whose values {@link CanonicalConverter} has made: of a row or of a key. Immutable.
 *
 * @param names in the Struct's order
 * @param members each name as JSON writes it before its value: {@code "id":}
 * @param types each column's type, in its text form
 */
record JsonColumns(List<String> names, List<byte[]> members, List<String> types) {

    /**
     * The columns of this schema.
     *
     * @throws DataException when the converter was not at work, with the settings that are missing
     */
    static JsonColumns of(Schema struct) {
        var fields = struct.fields();
        for (var field : fields) {
            if (!CanonicalConverter.SCHEMA_NAME.equals(field.schema().name())) {
                throw new DataException("Column '" + field.name() + "' of " + struct.name() + " is of "
                        + described(field.schema())
                        + ", but this transform needs each column's canonical JSON text. Add"
                        + " converters=canonical, canonical.type=" + CanonicalConverter.class.getName()
                        + " and include.unknown.datatypes=true to the connector's configuration, and keep other"
                        + " transforms away from its records.");
            }
        }
        return new JsonColumns(
                fields.stream().map(Field::name).toList(),
                fields.stream().map(field -> member(field.name())).toList(),
                fields.stream().map(JsonColumns::type).toList());
    }

    private static String described(Schema schema) {
        return schema.name() == null ? "type " + schema.type() : "type " + schema.type() + " (" + schema.name() + ")";
    }

    private static String type(Field field) {
        return field.schema().parameters().get(JsonSchemaBuilder.TYPE);
    }

    private static byte[] member(String name) {
        return new JsonSink().put(JsonSink.quoted(name)).put(':').bytes();
    }

    int count() {
        return members.size();
    }

    /** The value's JSON text, null for SQL NULL. */
    String value(Struct row, int column) {
        // get() would answer a NULL by the column's default.
        return (String) row.getWithoutDefault(names.get(column));
    }
}
