package localcdc.core.index;

import static localcdc.core.index.Events.PARCELS;
import static localcdc.core.index.Events.UNAVAILABLE;
import static localcdc.core.index.Events.create;
import static localcdc.core.index.Events.delete;
import static localcdc.core.index.Events.event;
import static localcdc.core.index.Events.indexWithSnapshot;
import static localcdc.core.index.Events.rekey;
import static localcdc.core.index.Events.state;
import static localcdc.core.index.Events.truncate;
import static localcdc.core.index.Events.update;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@ValueSource(longs = {Long.MAX_VALUE, 600, 0})
class TransactionTest {

    private static final int TRANSACTIONS = 20_000;

    private final HashMapIndexer indexer = indexWithSnapshot(100, 1, 2, 3);

    /** More than so many bytes wait in a file. */
    @Parameter
    private long mostBytes;

    private Transaction begin() {
        return new Transaction(indexer, mostBytes);
    }

    private static int commit(Transaction transaction) {
        return transaction.commit(TransactionTest::nothing, TransactionTest::nothing);
    }

    private static void nothing() {
        // Nobody waits for this transaction.
    }

    private void commit(ChangeEvent... changes) {
        var transaction = begin();
        Arrays.stream(changes).forEach(transaction::add);
        commit(transaction);
    }

    @Test
    void showsNothingBeforeItIsCommitted() {
        var transaction = begin();
        transaction.add(update(1, "sent", 200));
        transaction.add(delete(2, 201));

        assertThat(state(indexer, 1)).isEqualTo("\"read\"");
        assertThat(state(indexer, 2)).isEqualTo("\"read\"");

        assertThat(commit(transaction)).isEqualTo(2);
        assertThat(state(indexer, 1)).isEqualTo("\"sent\"");
        assertThat(state(indexer, 2)).isNull();
    }

    @Test
    void appliesItsChangesInTheirOrder() {
        commit(
                update(1, "first", 200),
                delete(1, 201),
                create(1, "second", 202),
                rekey(1, 9, "moved", "note", 203),
                truncate(204),
                create(4, "after the truncate", 205),
                update(4, "last", 206));

        assertThat(indexer.reader().dump(PARCELS)).hasSize(1);
        assertThat(state(indexer, 4)).isEqualTo("\"last\"");
    }

    @Test
    void countsAReplayAsOne() {
        commit(update(1, "sent", 200), delete(2, 201));

        var again = begin();
        again.add(update(1, "sent", 200));
        again.add(delete(2, 201));

        assertThat(commit(again)).isZero();
        assertThat(indexer.staleIgnored()).isEqualTo(2);
    }

    @Test
    void completesARowFromWhatTheSameTransactionWrote() {
        commit(
                event(Operation.UPDATE, 1, "v", "a large note", 200, 200),
                event(Operation.UPDATE, 1, "w", UNAVAILABLE, 201, 200),
                rekey(1, 8, "x", UNAVAILABLE, 202));

        assertThat(indexer.reader()
                        .get(PARCELS, PrimaryKey.of(8))
                        .orElseThrow()
                        .row()
                        .json(2))
                .isEqualTo("\"a large note\"");
    }

    @Test
    void tellsListenersEveryChangeOnceAllAreSeen() {
        var told = new ArrayList<String>();
        indexer.addListener((event, before, after) ->
                told.add(event.operation().label() + " " + state(indexer, 1) + " " + state(indexer, 2)));

        commit(update(1, "first", 200), delete(2, 201), update(1, "last", 202));

        assertThat(told).containsExactly("update \"last\" null", "delete \"last\" null", "update \"last\" null");
    }

    @Test
    void showsBothKeysOfAMoveThatHashAlike() {
        assertThat(PrimaryKey.of(1)).hasSameHashCodeAs(PrimaryKey.of(-2));
        var told = new ArrayList<String>();
        indexer.addListener((event, before, after) -> told.add(state(indexer, 1) + " " + state(indexer, -2)));

        commit(rekey(1, -2, "moved", "", 200), update(-2, "last", 201), update(3, "other", 202));

        assertThat(told).containsOnly("null \"last\"");
    }

    @Test
    void equalsANaiveIndexWhateverItHolds() {
        long first = Long.getLong("seed", System.nanoTime());
        for (long seed = first; seed < first + 30; seed++) {
            var random = new Random(seed);
            var index = Events.indexWithSnapshot(50, 0, 1, 2, 3);
            Map<Long, String> naive =
                    new TreeMap<>(Map.of(0L, "\"read\"", 1L, "\"read\"", 2L, "\"read\"", 3L, "\"read\""));
            long lsn = 100;
            for (int i = 0; i < 30; i++) {
                var before = Map.copyOf(naive);
                var transaction = new Transaction(index, mostBytes);
                int size = random.nextInt(20);
                for (int n = 0; n < size; n++) {
                    transaction.add(RandomStreamTest.next(random, naive, ++lsn));
                }
                assertThat(rows(index)).as("seed %d, before the commit", seed).isEqualTo(before);
                commit(transaction);
                assertThat(rows(index)).as("seed %d", seed).isEqualTo(naive);
                assertThat(index.reader().dump(PARCELS)).as("seed %d", seed).hasSameSizeAs(naive.keySet());
            }
        }
    }

    private static Map<Long, String> rows(HashMapIndexer index) {
        Map<Long, String> rows = new TreeMap<>();
        for (long id = 0; id < RandomStreamTest.KEYS; id++) {
            var text = state(index, id);
            if (text != null) {
                rows.put(id, text);
            }
        }
        return rows;
    }

    @Test
    void isSeenWholeOrNotAtAll() throws Exception {
        var writing = new AtomicBoolean(true);
        var torn = new ArrayList<String>();
        var reading = CompletableFuture.runAsync(() -> {
            var reader = indexer.reader();
            while (writing.get()) {
                // Whoever sees a transaction in one row sees it, or a later one, in the other.
                long first = number(reader, 1);
                long second = number(reader, 2);
                long third = number(reader, 1);
                if (first > second || second > third) {
                    torn.add(first + " " + second + " " + third);
                }
            }
        });
        int transactions = mostBytes == Long.MAX_VALUE ? TRANSACTIONS : TRANSACTIONS / 20;
        for (int i = 1; i <= transactions; i++) {
            long lsn = 200 + 10L * i;
            var text = Integer.toString(i);
            if (i % 2 == 0) {
                commit(update(2, text, lsn), update(1, text, lsn + 1));
            } else {
                commit(truncate(lsn), create(1, text, lsn + 1), create(2, text, lsn + 2));
            }
        }
        writing.set(false);
        reading.get();

        assertThat(torn).isEmpty();
    }

    private static long number(IndexReader reader, long id) {
        var text = reader.get(PARCELS, PrimaryKey.of(id)).orElseThrow().row().json(1);
        return text.equals("\"read\"") ? 0 : Long.parseLong(text.substring(1, text.length() - 1));
    }
}
