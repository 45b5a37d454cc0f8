package localcdc.embedded.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Recorded streams with messages altered, cut, doubled, left out and made up: whatever comes is either told as the protocol
 * has it or a {@link MalformedMessageException}; nothing else is thrown, and nothing takes long. Goes on for {@code
 * -Dfuzz.seconds} (2); {@code -Dseed} repeats one round.
 */
class DecoderFuzzTest {

    private static final long SLOW_NANOS = Duration.ofSeconds(2).toNanos();

    private final List<List<byte[]>> corpus = new ArrayList<>();

    DecoderFuzzTest() throws IOException {
        for (int version : Recording.VERSIONS) {
            corpus.add(Recording.read(version));
        }
    }

    @Test
    void tellsOrRefusesWhateverComes() {
        long first = Long.getLong("seed", System.nanoTime());
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("fuzz.seconds", 2L)).toNanos();
        long rounds = 0;
        long refused = 0;
        do {
            long seed = first + rounds++;
            if (refuses(seed)) {
                refused++;
            }
        } while (System.nanoTime() < end);

        System.err.println("fuzz: " + rounds + " streams from seed " + first + " on, " + refused + " refused");
        assertThat(refused).as("streams that were refused").isPositive();
    }

    /** One altered stream; whether the decoder refused it. */
    private boolean refuses(long seed) {
        var random = new Random(seed);
        var messages = new ArrayList<>(corpus.get(random.nextInt(corpus.size())));
        int alterations = 1 + random.nextInt(3);
        for (int i = 0; i < alterations; i++) {
            alter(messages, random);
        }
        var checking = new Checking();
        var decoder = new PgOutputDecoder(checking);
        long began = System.nanoTime();
        byte[] current = new byte[0];
        try {
            for (byte[] message : messages) {
                current = message;
                decoder.decode(message, 0, message.length);
            }
            return false;
        } catch (MalformedMessageException e) {
            assertThat(e).hasMessageContaining("at byte ");
            return true;
        } catch (RuntimeException | Error e) {
            return fail("-Dseed=" + seed + ", message " + HexFormat.of().formatHex(current), e);
        } finally {
            assertThat(System.nanoTime() - began).as("-Dseed=" + seed).isLessThan(SLOW_NANOS);
        }
    }

    private static void alter(List<byte[]> messages, Random random) {
        int at = random.nextInt(messages.size());
        byte[] message = messages.get(at).clone();
        if (message.length == 0) {
            return;
        }
        switch (random.nextInt(8)) {
            case 0 -> messages.remove(at);
            case 1 -> messages.add(random.nextInt(messages.size()), message);
            case 2 -> messages.set(at, Arrays.copyOf(message, random.nextInt(message.length + 1)));
            case 3 -> messages.set(at, Arrays.copyOf(message, message.length + 1 + random.nextInt(9)));
            case 4 -> {
                random.nextBytes(message);
                messages.set(at, message);
            }
            case 5 -> {
                // The kind stays: what follows it is made up.
                var made = new byte[1 + random.nextInt(60)];
                random.nextBytes(made);
                made[0] = message[0];
                messages.set(at, made);
            }
            case 6 -> {
                // A number that is as large, or as small, as can be.
                int from = random.nextInt(message.length);
                Arrays.fill(
                        message, from, Math.min(message.length, from + 4), (byte) (random.nextBoolean() ? 0xFF : 0x7F));
                messages.set(at, message);
            }
            default -> {
                message[random.nextInt(message.length)] = (byte) random.nextInt();
                messages.set(at, message);
            }
        }
    }

    /** Holds the decoder to its promises: transactions are whole and rows fit their tables. */
    private static final class Checking implements PgOutputHandler {

        private boolean inTransaction;

        private void check(PgRelation relation, Tuple row) {
            assertThat(inTransaction).isTrue();
            assertThat(row.size()).isEqualTo(relation.columns().size());
            for (int i = 0; i < row.size(); i++) {
                if (!row.isNull(i) && !row.isUnchanged(i)) {
                    assertThat(row.length(i)).isNotNegative();
                    assertThat(row.start(i) + row.length(i)).isLessThanOrEqualTo(row.bytes().length);
                }
            }
        }

        @Override
        public void begin(long commitLsn, long commitMicros, long txId) {
            assertThat(inTransaction).isFalse();
            inTransaction = true;
        }

        @Override
        public void commit(long endLsn) {
            assertThat(inTransaction).isTrue();
            inTransaction = false;
        }

        @Override
        public void relation(PgRelation relation) {
            assertThat(relation.name()).isNotNull();
        }

        @Override
        public void insert(PgRelation relation, Tuple row) {
            check(relation, row);
        }

        @Override
        public void update(PgRelation relation, Tuple old, Tuple row) {
            check(relation, row);
            if (old != null) {
                check(relation, old);
            }
        }

        @Override
        public void delete(PgRelation relation, Tuple old) {
            check(relation, old);
        }

        @Override
        public void truncate(PgRelation relation) {
            assertThat(inTransaction).isTrue();
        }

        @Override
        public void message(boolean transactional, long lsn, String prefix, byte[] message, int from, int length) {
            assertThat(transactional).isEqualTo(inTransaction);
            assertThat(from + length).isEqualTo(message.length);
        }
    }
}
