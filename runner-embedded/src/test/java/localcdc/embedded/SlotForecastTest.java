package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotForecastTest {

    private static final long SECOND = 1_000_000_000;
    private static final long MIB = 1 << 20;

    private final SlotForecast forecast = new SlotForecast();

    private void grow(int seconds, long bytesPerSecond, Long limit) {
        for (int i = 0; i <= seconds; i++) {
            long retained = i * bytesPerSecond;
            forecast.look(i * SECOND, retained, limit == null ? null : limit - retained);
        }
    }

    @Test
    void tellsWhenTheServersLimitIsReached() {
        grow(30, MIB, 130 * MIB);

        assertThat(forecast.dangerBytes()).isEqualTo(130 * MIB);
        assertThat(forecast.secondsLeft()).isEqualTo(100);
    }

    @Test
    void takesAGibibyteWhereTheServerHasNoLimit() {
        grow(24, MIB, null);

        assertThat(forecast.dangerBytes()).isEqualTo(1024 * MIB);
        assertThat(forecast.secondsLeft()).isEqualTo(1000);
    }

    @Test
    void saysNothingWhereItDoesNotGrow() {
        assertThat(forecast.secondsLeft()).isNull();
        grow(60, 0, null);
        assertThat(forecast.secondsLeft()).isNull();
    }

    @Test
    void saysNothingBeforeItHasLookedForAWhile() {
        grow(5, MIB, null);

        assertThat(forecast.secondsLeft()).isNull();
    }

    @Test
    void forgetsWhatIsOlderThanAMinute() {
        grow(60, MIB, null);
        for (int i = 61; i <= 130; i++) {
            forecast.look(i * SECOND, 60 * MIB, null);
        }

        assertThat(forecast.secondsLeft()).isNull();
    }

    @Test
    void leavesNoTimeWhereTheDangerIsThere() {
        forecast.look(0, 5 * MIB, 0L);

        assertThat(forecast.secondsLeft()).isZero();
    }
}
