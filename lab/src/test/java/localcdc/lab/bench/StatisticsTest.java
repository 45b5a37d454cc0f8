package localcdc.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {

    @Test
    void takesTheMiddleValue() {
        assertThat(Statistics.median(List.of(9.0, 1.0, 5.0))).isEqualTo(5);
        assertThat(Statistics.median(List.of(4.0))).isEqualTo(4);
    }

    @Test
    void takesTheMeanOfTheTwoInTheMiddle() {
        assertThat(Statistics.median(List.of(8.0, 1.0, 2.0, 4.0))).isEqualTo(3);
    }

    @Test
    void takesTheValueThatAShareOfAllDoesNotExceed() {
        var values = IntStream.rangeClosed(1, 200).mapToObj(n -> 201.0 - n).toList();

        assertThat(Statistics.percentile(values, 0.99)).isEqualTo(198);
        assertThat(Statistics.percentile(values, 1)).isEqualTo(200);
        assertThat(Statistics.percentile(List.of(7.0), 0.5)).isEqualTo(7);
    }

    @Test
    void refusesToMakeSomethingOfNothing() {
        assertThatThrownBy(() -> Statistics.median(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
