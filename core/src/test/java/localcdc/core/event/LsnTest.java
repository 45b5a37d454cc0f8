package localcdc.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

    @ParameterizedTest
    @ValueSource(strings = {"0/0", "0/1A2B3C4", "16/B374D848", "FFFFFFFF/FFFFFFFF"})
    void readsWhatItWrites(String text) {
        assertThat(Lsn.format(Lsn.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "0/", "/0", "0/G", "123456789/0", "0/-1", "0x1/2", "0/1/2", "16-B374D848"})
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> Lsn.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void comparesAsUnsigned() {
        long high = Lsn.parse("FFFFFFFF/0");
        assertThat(Lsn.later(high, 1)).isEqualTo(high);
    }
}
