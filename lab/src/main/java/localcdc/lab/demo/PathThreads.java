package localcdc.lab.demo;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import localcdc.core.source.SourceException;

/**
 * The threads of one path in a JVM that runs several: whatever is begun here, and all threads that come of it, since a thread
 * belongs to the group of the one that made it. The collector's and the compiler's threads belong to no path. Any thread.
 */
final class PathThreads {

    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    private static final int SOME_MORE = 16;

    private final ThreadGroup group;
    /** What each thread that lives had used at the last look. */
    private Map<Long, Long> nanosByThread = new HashMap<>();

    private long usedNanos;

    /** @param path its name */
    PathThreads(String path) {
        this.group = new ThreadGroup("path-" + path);
    }

    /** Does this on a thread of the group and waits until it is done. */
    <T> T begin(Callable<T> start) throws SourceException {
        var task = new FutureTask<>(start);
        var thread = new Thread(group, task, group.getName());
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    thread.interrupt();
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SourceException failed) {
                throw failed;
            }
            if (e.getCause() instanceof RuntimeException failed) {
                throw failed;
            }
            if (e.getCause() instanceof Error failed) {
                throw failed;
            }
            throw new IllegalStateException("a path's start has a bug", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** CPU that the threads have used, but for what one that has ended had used since the last look. */
    synchronized double cpuSeconds() {
        var threads = new Thread[group.activeCount() + SOME_MORE];
        int count = group.enumerate(threads);
        var now = new HashMap<Long, Long>();
        for (int i = 0; i < count; i++) {
            long id = threads[i].getId();
            long nanos = CPU.getThreadCpuTime(id);
            if (nanos >= 0) {
                usedNanos += nanos - nanosByThread.getOrDefault(id, 0L);
                now.put(id, nanos);
            }
        }
        nanosByThread = now;
        return usedNanos / 1e9;
    }
}
