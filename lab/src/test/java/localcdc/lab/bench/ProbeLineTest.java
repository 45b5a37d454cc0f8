package localcdc.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ProbeLineTest {

    @Test
    void readsWhatItWrites() {
        var line = new ProbeLine(ProbeLine.RESULT, Map.of("seconds", 1.25));

        assertThat(ProbeLine.parse(line.toJson())).isEqualTo(line);
    }

    @Test
    void showsALineThatIsNotItsOwn() {
        assertThatThrownBy(() -> ProbeLine.parse("OpenJDK warning: something"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("OpenJDK warning");
    }
}
