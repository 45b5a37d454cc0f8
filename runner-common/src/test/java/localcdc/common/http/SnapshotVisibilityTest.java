package localcdc.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import localcdc.core.event.SourcePosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotVisibilityTest {

    private static final long EPOCH = 1L << 32;

    private static boolean sees(String snapshot, long fullId) {
        return SnapshotVisibility.parse(snapshot).sees(SourcePosition.ofTransaction(fullId, 0));
    }

    @Test
    void seesWhatIsBelowXminAndNothingFromXmaxOn() {
        assertThat(sees("100:110:", 99)).isTrue();
        assertThat(sees("100:110:", 100)).isTrue();
        assertThat(sees("100:110:", 109)).isTrue();
        assertThat(sees("100:110:", 110)).isFalse();
        assertThat(sees("100:110:", 5000)).isFalse();
    }

    @Test
    void doesNotSeeTransactionsInProgress() {
        assertThat(sees("100:110:100,105", 100)).isFalse();
        assertThat(sees("100:110:100,105", 104)).isTrue();
        assertThat(sees("100:110:100,105", 105)).isFalse();
    }

    @Test
    void seesEveryRowOfTheRunnersOwnSnapshot() {
        assertThat(SnapshotVisibility.parse("1:1:").sees(SourcePosition.ofSnapshot(0)))
                .isTrue();
    }

    @Test
    void widensIdsAcrossTheEndOfAnEpoch() {
        var snapshot = (EPOCH - 5) + ":" + (EPOCH + 10) + ":" + (EPOCH - 5) + "," + (EPOCH + 3);

        assertThat(sees(snapshot, EPOCH - 6)).isTrue();
        assertThat(sees(snapshot, EPOCH - 5)).isFalse();
        assertThat(sees(snapshot, EPOCH - 1)).isTrue();
        assertThat(sees(snapshot, EPOCH + 2)).isTrue();
        assertThat(sees(snapshot, EPOCH + 3)).isFalse();
        assertThat(sees(snapshot, EPOCH + 10)).isFalse();
    }

    @Test
    void takesAnIdForALaterOneThatIsOnTheOtherSideOfAnEpoch() {
        var snapshot = (EPOCH - 5) + ":" + (EPOCH - 5) + ":";

        assertThat(sees(snapshot, EPOCH + 100)).isFalse();
        assertThat(sees(snapshot, EPOCH - 1000)).isTrue();
    }

    @Test
    void seesARowThatWasWrittenThreeThousandMillionTransactionsAgo() {
        assertThat(sees((3 * EPOCH) + ":" + (3 * EPOCH) + ":", 3 * EPOCH - 3_000_000_000L))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1:2", "1:2:3:4", "a:b:c", "1:2:3,", "5:4:", "-1:2:"})
    void refusesWhatIsNoSnapshot(String text) {
        assertThatThrownBy(() -> SnapshotVisibility.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }
}
