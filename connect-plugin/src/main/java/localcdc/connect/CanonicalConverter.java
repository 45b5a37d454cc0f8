package localcdc.connect;

import io.debezium.config.Configuration;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Makes of every column's value its canonical JSON text, before Debezium's own conversion can lose anything: a string that holds what
 * {@code to_jsonb} prints, so {@code 1.50}, {@code "text"}, {@code [1,null]}. SQL NULL stays null, and a value that the event does not
 * carry (unchanged TOAST) is {@link #UNAVAILABLE}, which is no JSON and so cannot be mistaken for a value.
 *
 * <p>The field's schema is an optional string named {@link #SCHEMA_NAME} with the type's text form as parameter {@value
 * JsonSchemaBuilder#TYPE}. It never has a default: neither a Struct nor JsonConverter can answer a NULL by one.
 *
 * <p>Built-in types and enums need no configuration. For columns of other types the property {@code <name>.columns} holds the text
 * that {@link ColumnTypes.Builder} makes; or the properties {@code <name>.database.hostname}, {@code .port}, {@code .dbname},
 * {@code .user}, {@code .password}, and the connector's others of that kind, say where to look such a type up. A value of a type
 * that is none of these is an error. The connections need {@code driver.options}
 * as in {@link #DRIVER_OPTIONS}, and {@code include.unknown.datatypes=true}. The JVM's zone does not matter to this class, though
 * {@code -Duser.timezone=UTC} is good for everything around it.
 *
 * <p>Whatever cannot be converted exactly is an error that names table and column, never a null and never a changed value. With
 * {@code event.converting.failure.handling.mode=fail} it ends the engine. Debezium's signal table must not be read through this
 * converter.
 *
 * <p>Types are looked up while Debezium learns how a table looks, over a connection that is closed again. Where that fails,
 * the cause is an {@link java.sql.SQLException}, upon which Debezium tries again later.
 */
public final class CanonicalConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {

    /** The name of every column's schema. */
    public static final String SCHEMA_NAME = "localcdc.Json";

    /** Stands for a value that the event does not carry. */
    public static final String UNAVAILABLE = "__debezium_unavailable_value";

    /** The property, behind the converter's own prefix, with the text of {@link ColumnTypes}. */
    public static final String COLUMNS = "columns";

    /**
     * The value of {@code driver.options} that the converter needs: whatever server, database or role are set to, the connections then
     * print values so that nothing is lost. Without IntervalStyle, for one, the driver reads an interval of a year as zero.
     */
    public static final String DRIVER_OPTIONS = "-c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex"
            + " -c extra_float_digits=3 -c lc_monetary=C -c quote_all_identifiers=off";

    /** What the properties with the place of the database begin with, behind the converter's own prefix. */
    public static final String DATABASE = "database.";

    private ColumnTypes types = ColumnTypes.none();

    @Override
    public void configure(Properties properties) {
        types = ColumnTypes.parse(properties.getProperty(COLUMNS, ""));
        var database = Configuration.from(properties).subset(DATABASE, true);
        if (!database.isEmpty()) {
            types.lookUpIn(TypeLookup.in(database));
        }
    }

    @Override
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        var type = types.typeOf(column);
        registration.register(new JsonSchemaBuilder(type), new ColumnConverter(column, type));
    }
}
