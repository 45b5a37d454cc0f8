package localcdc.core.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import localcdc.core.event.PrimaryKey;
import org.junit.jupiter.api.Test;

class RowMapTest {

    private final RowMap map = new RowMap();

    private void put(PrimaryKey key, String content) {
        var event = Events.create(1, content, 1);
        map.put(key, new LatestState(event.row(), event.lsn(), event.position()));
    }

    private static Predicate<LatestState> holds(String content) {
        return state -> state.row().json(1).equals('"' + content + '"');
    }

    private static PrimaryKey text(String value) {
        return PrimaryKey.of(value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void pagesAreWhatASortedSetWouldGive() {
        var seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            var map = new RowMapTest();
            var expected = map.fill(
                    random,
                    1 + random.nextInt(3000),
                    List.of(1L, 3L, 40L, 1L << 40).get(round % 4));
            int limit = 1 + random.nextInt(100);

            assertThat(map.inPages(limit, state -> true)).as("seed " + seed).containsExactlyElementsOf(expected);
        }
    }

    /** Puts so many keys, as many as {@code gap} apart, some of them texts, and takes some away again. */
    private SortedSet<PrimaryKey> fill(Random random, int keys, long gap) {
        var expected = new TreeSet<PrimaryKey>();
        long first = random.nextLong(-10_000, 10_000);
        for (int i = 0; i < keys; i++) {
            long number = first + random.nextLong(keys * gap);
            var key = random.nextInt(20) == 0 ? text("k" + number) : PrimaryKey.of(number);
            put(key, "x");
            expected.add(key);
            if (random.nextInt(4) == 0) {
                var gone = random.nextBoolean() ? expected.first() : key;
                map.remove(gone);
                expected.remove(gone);
            }
        }
        return expected;
    }

    private List<PrimaryKey> inPages(int limit, Predicate<LatestState> wanted) {
        var all = new ArrayList<PrimaryKey>();
        var page = map.following(null, limit, wanted);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = map.following(page.get(page.size() - 1), limit, wanted);
        }
        return all;
    }

    @Test
    void findsTheNumbersAtBothEnds() {
        var keys = List.of(
                PrimaryKey.of(Long.MIN_VALUE),
                PrimaryKey.of(-1),
                PrimaryKey.of(Long.MAX_VALUE - 1),
                PrimaryKey.of(Long.MAX_VALUE),
                text("a"));
        keys.forEach(key -> put(key, "x"));

        assertThat(inPages(1, state -> true)).containsExactlyElementsOf(keys);
        assertThat(inPages(2, state -> true)).containsExactlyElementsOf(keys);
        assertThat(inPages(10, state -> true)).containsExactlyElementsOf(keys);
    }

    @Test
    void skipsWhatIsNotWanted() {
        LongStream.range(0, 20_000).forEach(id -> put(PrimaryKey.of(id), id % 5000 == 7 ? "needle" : "hay"));

        assertThat(inPages(3, holds("needle")))
                .extracting(PrimaryKey::toString)
                .containsExactly("7", "5007", "10007", "15007");
        assertThat(inPages(3, holds("nothing"))).isEmpty();
    }

    @Test
    void looksAtFewRowsForAPageOfNumbers() {
        LongStream.range(0, 100_000).forEach(id -> put(PrimaryKey.of(2 * id), "x"));
        var looked = new AtomicInteger();

        var page = map.following(PrimaryKey.of(150_000), 50, state -> looked.incrementAndGet() > 0);

        assertThat(page).hasSize(50).last().hasToString("150100");
        assertThat(looked).hasValue(50);
    }
}
