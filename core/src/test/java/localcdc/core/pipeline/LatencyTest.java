package localcdc.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyTest {

    private static final Percentage EXACT_ENOUGH = Percentage.withPercentage(1);

    private long nanos;
    private final Latency latency = new Latency(() -> nanos);

    private void pass(Duration duration) {
        nanos += duration.toNanos();
    }

    @Test
    void keepsEverythingSinceTheStart() {
        latency.record(1000);
        latency.record(-5);
        latency.record(3000, 2);

        var all = latency.percentiles();

        assertThat(all.count()).isEqualTo(4);
        assertThat(all.max()).isCloseTo(3, EXACT_ENOUGH);
    }

    @Test
    void forgetsWhatWasBeforeTheLastMinute() {
        latency.record(10_000_000);
        assertThat(latency.lastMinute().count()).isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            pass(Duration.ofSeconds(9));
            latency.record(2000);
            assertThat(latency.lastMinute().max()).isCloseTo(10_000, EXACT_ENOUGH);
        }
        pass(Duration.ofSeconds(15));

        var lately = latency.lastMinute();

        // The one of the ninth second went with the slice of the first.
        assertThat(lately.count()).isEqualTo(4);
        assertThat(lately.max()).isCloseTo(2, EXACT_ENOUGH);
        assertThat(lately.p50()).isCloseTo(2, EXACT_ENOUGH);
        assertThat(latency.percentiles().max()).isCloseTo(10_000, EXACT_ENOUGH);
    }

    @Test
    void isAllZeroOnceNothingHappensForAMinute() {
        latency.record(2000);
        latency.percentiles();
        pass(Duration.ofSeconds(61));

        assertThat(latency.lastMinute()).isEqualTo(new Latency.Percentiles(0, 0, 0, 0, 0));
    }

    @Test
    void forgetsAllWhenToldTo() {
        latency.record(2000);

        latency.reset();

        assertThat(latency.percentiles().count()).isZero();
        assertThat(latency.lastMinute().count()).isZero();
    }
}
