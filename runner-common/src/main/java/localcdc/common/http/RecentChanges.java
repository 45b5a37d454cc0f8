package localcdc.common.http;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.LongStream;
import localcdc.core.event.ChangeEvent;
import localcdc.core.index.ChangeListener;
import localcdc.core.index.LatestState;

/**
 * The latest changes of all tables with both sides of each: a ring that is bounded in number and in bytes.
 *
 * <p>The writer of the map puts a change in and goes on, whatever the readers do. Changes are numbered from 0; a reader, on any
 * thread, asks for one by its number and gets nothing where the writer has overtaken it.
 */
final class RecentChanges implements ChangeListener {

    static final int CHANGES = 8192;
    private static final long BYTES = 32L << 20;
    /** What a change takes besides its rows' values, roughly. */
    private static final long OBJECTS_BYTES = 200;

    /** One change and its place among all of them. */
    record Change(long number, ChangeEvent event, LatestState before, LatestState after) {

        /** What it holds, roughly. */
        long bytes() {
            return OBJECTS_BYTES
                    + (before == null ? 0 : before.packedLength())
                    + (after == null ? 0 : after.packedLength());
        }
    }

    private final AtomicReferenceArray<Change> ring = new AtomicReferenceArray<>(CHANGES);
    private final AtomicLong written = new AtomicLong();
    /** The number of the oldest change that is still here, and what all of them take: for the writer. */
    private long oldest;

    private long heldBytes;

    @Override
    public void changed(ChangeEvent event, LatestState before, LatestState after) {
        // One thread writes at a time, under the index's lock, so plain reading and ordered writing are enough.
        long number = written.getPlain();
        var change = new Change(number, event, before, after);
        if (number - oldest == CHANGES) {
            // Its slot is this one's.
            leaveOldest();
        }
        heldBytes += change.bytes();
        ring.lazySet(slot(number), change);
        written.lazySet(number + 1);
        while (heldBytes > BYTES && oldest < number) {
            ring.lazySet(leaveOldest(), null);
        }
    }

    /** Counts the oldest change no more; returns where it is. */
    private int leaveOldest() {
        int slot = slot(oldest++);
        heldBytes -= ring.getPlain(slot).bytes();
        return slot;
    }

    private static int slot(long number) {
        return (int) (number % CHANGES);
    }

    /** How many changes there have been. */
    long written() {
        return written.getAcquire();
    }

    /** The changes that are still here of those before this number, the newest first, until the writer overtakes the reader. */
    Iterable<Change> newestFirst(long before) {
        return () -> LongStream.iterate(before - 1, number -> number >= 0, number -> number - 1)
                .mapToObj(this::get)
                .takeWhile(Objects::nonNull)
                .iterator();
    }

    /** The change of that number, or null where it is not here any more. */
    Change get(long number) {
        var change = ring.get(slot(number));
        return change != null && change.number() == number ? change : null;
    }
}
