package localcdc.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamWorkloadTest {

    @Test
    void touchesOnlyRowsThatAreThere() {
        for (int rows : List.of(60, 61, 100, 2000, 500_000)) {
            var workload = new StreamWorkload(rows, 50_000);
            for (int n = 0; n < workload.transactions(); n++) {
                var transaction = workload.transaction(n);
                // Rows firstDelete to firstInsert - 1 are there before, and as many afterwards.
                assertThat(transaction.firstInsert() - transaction.firstDelete())
                        .isEqualTo(rows);
                assertThat(transaction.updates())
                        .hasSize(StreamWorkload.UPDATES)
                        .doesNotHaveDuplicates()
                        .allMatch(id -> id >= transaction.firstDelete() + StreamWorkload.DELETES
                                && id < transaction.firstInsert() + StreamWorkload.INSERTS);
            }
        }
    }

    @Test
    void repeatsItselfAndUpdatesRowsFromEverywhere() {
        var updated = new HashSet<Integer>();
        for (int n = 0; n < 1000; n++) {
            var updates = new StreamWorkload(10_000, 100_000).transaction(n).updates();
            assertThat(updates)
                    .isEqualTo(
                            new StreamWorkload(10_000, 100_000).transaction(n).updates());
            updated.addAll(updates);
        }
        assertThat(updated).hasSizeGreaterThan(20_000);
    }

    @Test
    void refusesHalfATransaction() {
        assertThatThrownBy(() -> new StreamWorkload(1000, 150)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new StreamWorkload(10, 100)).isInstanceOf(IllegalArgumentException.class);
    }
}
