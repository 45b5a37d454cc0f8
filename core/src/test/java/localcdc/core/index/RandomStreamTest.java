package localcdc.core.index;

import static localcdc.core.index.Events.PARCELS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import localcdc.core.event.ChangeEvent;
import org.junit.jupiter.api.Test;

/** Random events against a naive index, with stretches of them delivered again as a recovering stream does. */
class RandomStreamTest {

    static final int KEYS = 12;

    @Test
    void equalsANaiveIndexWhateverIsReplayed() {
        long first = Long.getLong("seed", System.nanoTime());
        for (long seed = first; seed < first + 300; seed++) {
            assertThat(run(seed)).as("seed %d", seed).isTrue();
        }
    }

    private static boolean run(long seed) {
        var random = new Random(seed);
        var indexer = Events.indexWithSnapshot(50, 0, 1, 2, 3);
        Map<Long, String> naive = new TreeMap<>();
        for (long id = 0; id < 4; id++) {
            naive.put(id, "\"read\"");
        }
        var log = new ArrayList<ChangeEvent>();
        long lsn = 10;
        for (int i = 0; i < 200; i++) {
            lsn += 1 + random.nextInt(3);
            var event = next(random, naive, lsn);
            log.add(event);
            indexer.apply(event);
            if (random.nextInt(20) == 0) {
                // The stream goes on from an earlier place and delivers everything since then once more.
                log.subList(random.nextInt(log.size()), log.size()).forEach(indexer::apply);
            }
        }
        var found = new TreeMap<Long, String>();
        indexer.reader()
                .dump(PARCELS)
                .forEach(state ->
                        found.put(Long.valueOf(state.row().json(0)), state.row().json(1)));
        assertThat(found).as("seed %d", seed).isEqualTo(naive);
        return true;
    }

    static ChangeEvent next(Random random, Map<Long, String> naive, long lsn) {
        long id = random.nextInt(KEYS);
        int dice = random.nextInt(100);
        if (dice < 3) {
            naive.clear();
            return Events.truncate(lsn);
        }
        boolean exists = naive.containsKey(id);
        if (!exists) {
            naive.put(id, "\"v" + lsn + "\"");
            return Events.create(id, "v" + lsn, lsn);
        }
        if (dice < 30) {
            naive.remove(id);
            return Events.delete(id, lsn);
        }
        long to = random.nextInt(KEYS);
        if (dice < 50 && !naive.containsKey(to)) {
            naive.remove(id);
            naive.put(to, "\"v" + lsn + "\"");
            return Events.rekey(id, to, "v" + lsn, "", lsn);
        }
        naive.put(id, "\"v" + lsn + "\"");
        return Events.update(id, "v" + lsn, lsn);
    }
}
