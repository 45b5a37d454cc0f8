package localcdc.core.pipeline;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.StampedLock;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.TableId;

/**
 * Remembers the latest change in place, so that the next one costs no object. One thread records and never waits for those
 * who ask, on any thread: they look again where a change came between.
 */
final class LastApplied {

    private final StampedLock lock = new StampedLock();
    private final long[] moments;
    private TableId table;
    private Operation operation;
    private long lsn;
    private long commitMicros;
    private long committed;
    private long applied;

    LastApplied(int stages) {
        moments = new long[stages - 1];
    }

    /** The parameters are those of {@link Stages#record}. */
    void record(ChangeEvent event, long committedMicros, long[] passed, long appliedMicros) {
        long stamp = lock.writeLock();
        table = event.table();
        operation = event.operation();
        lsn = event.lsn();
        commitMicros = event.position().commitMicros();
        committed = committedMicros;
        System.arraycopy(passed, 0, moments, 0, moments.length);
        applied = appliedMicros;
        lock.unlockWrite(stamp);
    }

    /** The latest change; nothing before the first. */
    Optional<LastChange> get(Stages stages) {
        while (true) {
            long stamp = lock.tryOptimisticRead();
            var passed = Arrays.copyOf(moments, moments.length);
            long from = committed;
            long until = applied;
            var last = table == null
                    ? null
                    : new LastChange(
                            table,
                            operation,
                            lsn,
                            from == 0 ? null : Instant.EPOCH.plus(commitMicros, ChronoUnit.MICROS),
                            stages.millis(from, passed, until),
                            from == 0 ? null : Double.valueOf(Math.max(0, until - from) / 1000.0));
            if (lock.validate(stamp)) {
                return Optional.ofNullable(last);
            }
            Thread.onSpinWait();
        }
    }
}
