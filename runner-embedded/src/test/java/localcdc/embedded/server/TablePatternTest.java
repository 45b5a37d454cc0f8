package localcdc.embedded.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import localcdc.core.event.TableId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TablePatternTest {
    @Test
    void namesOneTableWhenThereIsNoStar() {
        var pattern = TablePattern.parse("inventory.customers");

        assertThat(pattern.exact()).contains(new TableId("inventory", "customers"));
        assertThat(pattern.matches(new TableId("inventory", "customers"))).isTrue();
        assertThat(pattern.matches(new TableId("inventory", "Customers"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "inventory.*, inventory, customers, true",
        "inventory.*, inventory2, customers, false",
        "*.*, a, b, true",
        "*.cust*s, shop, customers, true",
        "*.cust*s, shop, customer, false",
        "s.a+b*, s, a+b, true",
        "s.a+b*, s, aab, false",
        "s.*, s, with.dot, true",
        "my%2Eschema.*, my.schema, t, true",
        "my%2Eschema.*, myxschema, t, false",
        "s.50%25*, s, 50%off, true",
    })
    void matchesStarsInsideEachPart(String pattern, String schema, String name, boolean matches) {
        assertThat(TablePattern.parse(pattern).matches(new TableId(schema, name)))
                .isEqualTo(matches);
    }

    @Test
    void splitsAtTheFirstDotAndReadsEscapes() {
        assertThat(TablePattern.parse("s.a.b").exact()).contains(new TableId("s", "a.b"));
        assertThat(TablePattern.parse("my%2Eschema.t").exact()).contains(new TableId("my.schema", "t"));
        assertThat(TablePattern.parse("s.star%2A").exact()).contains(new TableId("s", "star*"));
        assertThat(TablePattern.parse("s.%252E").exact()).contains(new TableId("s", "%2E"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"customers", ".customers", "inventory.", ""})
    void refusesWhatIsNotSchemaAndTable(String text) {
        assertThatThrownBy(() -> TablePattern.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("schema.table");
    }
}
