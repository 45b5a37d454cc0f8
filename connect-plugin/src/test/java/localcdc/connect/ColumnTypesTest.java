package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.debezium.spi.converter.RelationalColumn;
import java.sql.Types;
import java.util.OptionalInt;
import localcdc.core.value.ColumnInfo;
import localcdc.core.value.ColumnInfo.Generation;
import localcdc.core.value.PgType;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class ColumnTypesTest {

    private static final PgType PAIR = PgType.parse("row(\"x;=%\" int4)");

    @Test
    void findsAColumnWhateverItsName() {
        // Given
        var text = new ColumnTypes.Builder()
                .add("a.b=c;\n", "d.\"\u00fc%3B", PAIR)
                .add("s.t", info("p", 99_999, PAIR))
                .text();

        // When
        var types = ColumnTypes.parse(text);

        // Then
        assertThat(types.typeOf(column("a.b=c;\n", "d.\"\u00fc%3B", 4711, Types.STRUCT, "pair")))
                .isEqualTo(PAIR);
        assertThat(types.typeOf(column("s.t", "p", 99_999, Types.STRUCT, "pair")))
                .isEqualTo(PAIR);
        assertThat(text).matches("[A-Za-z0-9.%+_=:;*-]+");
    }

    @Test
    void doesNotUseAnEntryWhoseOidIsAnotherOne() {
        // Given
        var types = ColumnTypes.parse(
                new ColumnTypes.Builder().add("s.t", info("p", 99_999, PAIR)).text());

        // Then
        assertThat(types.typeOf(column("s.t", "p", 25, Types.VARCHAR, "text"))).hasToString("text");
        assertThat(types.typeOf(column("s.t", "p", 88_888, Types.STRUCT, "pair"))
                        .unsupportedReason())
                .contains("type pair (oid 88888) is not known");
        assertThat(types.typeOf(column("s.t", "another", 99_999, Types.STRUCT, "pair")))
                .isEqualTo(PAIR);
    }

    @Test
    void knowsBuiltInTypesEnumsAndCommonExtensionsByThemselves() {
        // Given
        var types = ColumnTypes.none();

        // Then
        assertThat(types.typeOf(column("s.t", "c", 1231, Types.ARRAY, "_numeric")))
                .hasToString("array(numeric)");
        assertThat(types.typeOf(column("s.t", "c", 99_999, Types.VARCHAR, "date")))
                .hasToString("other");
        assertThat(types.typeOf(column("s.t", "c", 99_999, Types.OTHER, "ltree")))
                .hasToString("other");
        assertThat(types.typeOf(column("s.t", "c", 99_999, Types.ARRAY, "_hstore")))
                .hasToString("array(hstore)");
        assertThat(types.typeOf(column("s.t", "c", 99_999, Types.ARRAY, "_mood"))
                        .unsupportedReason())
                .isPresent();
    }

    @Test
    void refusesATextThatItDidNotWrite() {
        assertThatThrownBy(() -> ColumnTypes.parse("s.t.c=int4")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> ColumnTypes.parse("s.t.c=1:integer"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("s.t.c=1:integer");
    }

    private static ColumnInfo info(String name, long oid, PgType type) {
        return new ColumnInfo(1, name, oid, oid, type, "pair", false, Generation.NONE, 0, false);
    }

    private static RelationalColumn column(String table, String name, int oid, int jdbcType, String typeName) {
        return new RelationalColumn() {
            @Override
            public int jdbcType() {
                return jdbcType;
            }

            @Override
            public int nativeType() {
                return oid;
            }

            @Override
            public String typeName() {
                return typeName;
            }

            @Override
            public String typeExpression() {
                return typeName;
            }

            @Override
            public OptionalInt length() {
                return OptionalInt.empty();
            }

            @Override
            public OptionalInt scale() {
                return OptionalInt.empty();
            }

            @Override
            public boolean isOptional() {
                return true;
            }

            @Override
            public Object defaultValue() {
                return null;
            }

            @Override
            public boolean hasDefaultValue() {
                return false;
            }

            @Override
            public String name() {
                return name;
            }

            @Override
            public String dataCollection() {
                return table;
            }
        };
    }
}
