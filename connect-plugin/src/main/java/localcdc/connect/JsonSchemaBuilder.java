package localcdc.connect;

import localcdc.core.value.PgType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Builds a column's schema and turns a deaf ear to default values. Debezium sets the column's DEFAULT on it, and with one in the
 * schema {@code Struct.get} and JsonConverter answer a NULL by that default.
 */
final class JsonSchemaBuilder extends SchemaBuilder {

    static final String TYPE = "type";

    JsonSchemaBuilder(PgType type) {
        super(Schema.Type.STRING);
        name(CanonicalConverter.SCHEMA_NAME);
        parameter(TYPE, type.toString());
        optional();
    }

    @Override
    public SchemaBuilder defaultValue(Object value) {
        return this;
    }
}
