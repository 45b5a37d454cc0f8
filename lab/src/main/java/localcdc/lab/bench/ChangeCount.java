package localcdc.lab.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** Counts what arrives and takes the time from the first to the last. One thread counts, another waits. */
final class ChangeCount {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final long expected;
    private final long began = System.nanoTime();
    private final CountDownLatch complete = new CountDownLatch(1);
    private long count;
    private long first;
    private long last;
    private long cpuAtFirst;
    private long cpuAtLast;

    /** The clock begins to run now. */
    ChangeCount(long expected) {
        this.expected = expected;
    }

    /** CPU time of this JVM so far. */
    static long cpuNanos() {
        return SYSTEM.getProcessCpuTime();
    }

    void one() {
        if (count++ == 0) {
            first = System.nanoTime();
            cpuAtFirst = cpuNanos();
        }
        if (count == expected) {
            last = System.nanoTime();
            cpuAtLast = cpuNanos();
            complete.countDown();
        }
    }

    /** Waits for the last one. */
    Map<String, Double> await() throws InterruptedException {
        complete.await();
        var values = new TreeMap<String, Double>();
        values.put(Measurement.COUNT, (double) count);
        values.put(Measurement.SECONDS, (last - first) / 1e9);
        values.put(Measurement.START_SECONDS, (first - began) / 1e9);
        values.put(Measurement.CPU_SECONDS, (cpuAtLast - cpuAtFirst) / 1e9);
        return values;
    }
}
