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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import org.junit.jupiter.api.Test;

class TransactionTest {

    private static final int TRANSACTIONS = 20_000;

    private final HashMapIndexer indexer = indexWithSnapshot(100, 1, 2, 3);

    private void commit(ChangeEvent... changes) {
        var transaction = indexer.begin();
        Arrays.stream(changes).forEach(transaction::add);
        transaction.commit();
    }

    @Test
    void showsNothingBeforeItIsCommitted() {
        var transaction = indexer.begin();
        transaction.add(update(1, "sent", 200));
        transaction.add(delete(2, 201));

        assertThat(state(indexer, 1)).isEqualTo("\"read\"");
        assertThat(state(indexer, 2)).isEqualTo("\"read\"");

        assertThat(transaction.commit()).isEqualTo(2);
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

        var again = indexer.begin();
        again.add(update(1, "sent", 200));
        again.add(delete(2, 201));

        assertThat(again.commit()).isZero();
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
        for (int i = 1; i <= TRANSACTIONS; i++) {
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
