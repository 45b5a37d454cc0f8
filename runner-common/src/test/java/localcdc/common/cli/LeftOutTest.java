package localcdc.common.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import localcdc.core.event.TableId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeftOutTest {

    @Test
    void isATableOrAColumnOfOne() {
        assertThat(LeftOut.parse("inventory.customers"))
                .isEqualTo(new LeftOut(new TableId("inventory", "customers"), Optional.empty()));
        assertThat(LeftOut.parse("inventory.customers.ssn"))
                .isEqualTo(new LeftOut(new TableId("inventory", "customers"), Optional.of("ssn")));
    }

    @Test
    void readsBackWhatItPrintsWhateverTheNames() {
        var odd = new LeftOut(new TableId("a.b", "c %2E"), Optional.of("d.%é"));

        assertThat(LeftOut.parse(odd.toString())).isEqualTo(odd);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "customers", "a..b", ".a", "a.", "a.b.c.d"})
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> LeftOut.parse(text)).hasMessageContaining("'" + text + "'");
    }
}
