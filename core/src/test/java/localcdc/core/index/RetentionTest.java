package localcdc.core.index;

import static localcdc.core.index.Events.PARCELS;
import static localcdc.core.index.Events.create;
import static localcdc.core.index.Events.delete;
import static localcdc.core.index.Events.indexWithSnapshot;
import static localcdc.core.index.Events.truncate;
import static localcdc.core.index.Events.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.SourcePosition;
import org.junit.jupiter.api.Test;

class RetentionTest {

    private final HashMapIndexer indexer = indexWithSnapshot(100, 1, 2, 3);

    private static Retention.Visibility transactionsBelow(long txId) {
        return position -> position.snapshot() || position.txId() < txId;
    }

    @Test
    void answersWithTheNewestStateThatTheSnapshotSees() {
        indexer.apply(update(1, "seen", 150));
        try (var retention = indexer.retain(100)) {
            indexer.apply(update(1, "seen too", 160));
            indexer.apply(update(1, "not seen", 170));
            indexer.apply(delete(2, 171));
            indexer.apply(create(9, "not seen", 172));

            assertThat(state(retention, 1, 165)).isEqualTo("\"seen too\"");
            assertThat(state(retention, 2, 165)).isEqualTo("\"read\"");
            assertThat(state(retention, 3, 165)).isEqualTo("\"read\"");
            assertThat(state(retention, 9, 165)).isEqualTo("no row");
            assertThat(state(retention, 9, 180)).isEqualTo("\"not seen\"");
            assertThat(state(retention, 2, 180)).isEqualTo("no row");
        }
    }

    @Test
    void doesNotDecideARowWhoseStateAtTheOpeningIsNotSeenYet() {
        indexer.apply(update(1, "delivered before its transaction became visible", 150));
        try (var retention = indexer.retain(100)) {
            assertThat(state(retention, 1, 140)).isEqualTo("undecided");
        }
    }

    @Test
    void looksBehindATruncate() {
        try (var retention = indexer.retain(100)) {
            indexer.apply(update(1, "before", 150));
            indexer.apply(truncate(160));
            indexer.apply(create(1, "after", 170));

            assertThat(state(retention, 1, 155)).isEqualTo("\"before\"");
            assertThat(state(retention, 1, 165)).isEqualTo("no row");
            assertThat(state(retention, 1, 175)).isEqualTo("\"after\"");
            assertThat(state(retention, 2, 155)).isEqualTo("\"read\"");
            assertThat(state(retention, 2, 175)).isEqualTo("no row");
            assertThat(keys(retention)).containsExactly("1", "2", "3");
        }
    }

    @Test
    void namesEveryKeyOnceAlsoThoseThatAreGone() {
        try (var retention = indexer.retain(100)) {
            indexer.apply(delete(1, 150));
            indexer.apply(create(4, "new", 160));
            indexer.apply(update(2, "changed", 170));

            assertThat(keys(retention)).containsExactly("1", "2", "3", "4");
        }
    }

    @Test
    void failsRatherThanAnswerWronglyWhenTooMuchHasChanged() {
        try (var retention = indexer.retain(2)) {
            indexer.apply(update(1, "a", 150));
            indexer.apply(update(1, "b", 160));
            indexer.apply(update(1, "c", 170));

            assertThatThrownBy(() -> state(retention, 1, 200))
                    .isInstanceOf(StaleViewException.class)
                    .hasMessageContaining("2 rows");
        }
    }

    @Test
    void failsAfterARebuild() {
        try (var retention = indexer.retain(10)) {
            indexer.beginRebuild(List.of(PARCELS)).complete();

            assertThatThrownBy(() -> state(retention, 1, 200)).hasMessageContaining("rebuilt");
        }
    }

    @Test
    void dumpIsOnePointInTimeWhileTheWriterGoesOn() throws Exception {
        // Two rows change together, always to the same value: a dump that mixes times shows two different ones.
        var stop = new AtomicBoolean();
        var writer = new Thread(() -> {
            for (long lsn = 1000; !stop.get(); lsn += 2) {
                var position = SourcePosition.ofTransaction(lsn, lsn);
                for (long id = 1; id <= 3; id++) {
                    indexer.apply(localcdc.core.event.ChangeEvent.of(
                            localcdc.core.event.Operation.UPDATE,
                            PrimaryKey.of(id),
                            Events.row(id, "v" + lsn, ""),
                            lsn,
                            position));
                }
            }
        });
        writer.start();
        try {
            for (int i = 0; i < 2000; i++) {
                Map<String, Long> lsnByKey = new TreeMap<>();
                indexer.reader()
                        .dump(PARCELS)
                        .forEach(found -> lsnByKey.put(found.row().json(0), found.lsn()));
                assertThat(lsnByKey).containsOnlyKeys("1", "2", "3");
                // The writer goes 1, 2, 3: at any moment they are in step, or the first ones are one step ahead.
                assertThat(lsnByKey.get("1")).isGreaterThanOrEqualTo(lsnByKey.get("2"));
                assertThat(lsnByKey.get("2")).isGreaterThanOrEqualTo(lsnByKey.get("3"));
                if (lsnByKey.get("3") >= 1000) {
                    assertThat(lsnByKey.get("1") - lsnByKey.get("3")).isLessThanOrEqualTo(2);
                }
            }
        } finally {
            stop.set(true);
            writer.join();
        }
    }

    private static String state(Retention retention, long id, long snapshotBelow) {
        var answer = retention.visible(PARCELS, PrimaryKey.of(id), transactionsBelow(snapshotBelow));
        if (!answer.decided()) {
            return "undecided";
        }
        return answer.state() == null ? "no row" : answer.state().row().json(1);
    }

    private static List<String> keys(Retention retention) {
        var keys = new TreeSet<String>();
        retention.forEachKey(
                PARCELS, key -> assertThat(keys.add(key.toString())).isTrue());
        return List.copyOf(keys);
    }
}
