package localcdc.core.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.function.LongPredicate;

/**
 * A hash table from keys to places in a {@link ChangeFile}, in memory that is mapped to a temporary file rather than in the
 * heap: 16 bytes a slot, at most half of them taken, open addressing with linear probing. Keys themselves are not in it;
 * whoever asks says whether a place is that of the key. One thread writes; others may read what it has published.
 */
final class KeyPlaces {

    static final long NOWHERE = -1;

    private static final int SLOT_BYTES = 16;
    private static final int FIRST_SLOTS = 1 << 16;
    private static final int MOST_SLOTS = 1 << 26;
    private static final int ZEROS_BYTES = 1 << 20;

    private ByteBuffer slots = map(FIRST_SLOTS);
    private int mask = FIRST_SLOTS - 1;
    private int taken;

    private static ByteBuffer map(int count) {
        try {
            var path = Files.createTempFile("localcdc-transaction-", ".keys");
            // The mapping outlives the channel; the file goes when the last of both has.
            try (var channel = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
                long bytes = (long) count * SLOT_BYTES;
                // A disk that is full is to be known now: a mapping would say so by a signal.
                var zeros = ByteBuffer.allocate(ZEROS_BYTES);
                for (long at = 0; at < bytes; at += ZEROS_BYTES) {
                    channel.write(zeros.clear(), at);
                }
                return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
            }
        } catch (IOException e) {
            throw TransactionStorageException.of(e);
        }
    }

    /**
     * The place that was put last for a key.
     *
     * @param hash the key's
     * @param isItsPlace whether a place is that of the key
     */
    long find(int hash, LongPredicate isItsPlace) {
        int slot = slotOf(hash, isItsPlace);
        return slots.getLong(slot * SLOT_BYTES) - 1;
    }

    /** Puts a key's place in front of the one that it had. */
    void put(int hash, long place, LongPredicate isItsPlace) {
        int slot = slotOf(hash, isItsPlace);
        if (slots.getLong(slot * SLOT_BYTES) == 0) {
            taken++;
        }
        write(slots, slot, place, hash);
        if (taken > mask / 2) {
            grow();
        }
    }

    /** The key's slot, or the empty one where it would go. */
    private int slotOf(int hash, LongPredicate isItsPlace) {
        int slot = spread(hash) & mask;
        while (true) {
            long place = slots.getLong(slot * SLOT_BYTES) - 1;
            if (place == NOWHERE || (slots.getInt(slot * SLOT_BYTES + Long.BYTES) == hash && isItsPlace.test(place))) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Keys that follow each other are not to stand beside each other. */
    private static int spread(int hash) {
        int h = hash * 0x9E3779B9;
        return h ^ (h >>> 16);
    }

    private static void write(ByteBuffer into, int slot, long place, int hash) {
        into.putLong(slot * SLOT_BYTES, place + 1);
        into.putInt(slot * SLOT_BYTES + Long.BYTES, hash);
    }

    private void grow() {
        int count = (mask + 1) * 2;
        if (count > MOST_SLOTS) {
            throw new TransactionStorageException(
                    "A transaction wrote more than " + MOST_SLOTS / 2 + " rows, which cannot be shown at once.");
        }
        var wider = map(count);
        for (int old = 0; old <= mask; old++) {
            long place = slots.getLong(old * SLOT_BYTES) - 1;
            if (place != NOWHERE) {
                int hash = slots.getInt(old * SLOT_BYTES + Long.BYTES);
                int slot = spread(hash) & (count - 1);
                while (wider.getLong(slot * SLOT_BYTES) != 0) {
                    slot = (slot + 1) & (count - 1);
                }
                write(wider, slot, place, hash);
            }
        }
        slots = wider;
        mask = count - 1;
    }
}
