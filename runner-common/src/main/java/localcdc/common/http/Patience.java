package localcdc.common.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * How far the server's threads wait for clients that send or read slowly: only so many at a time, so that a thread is always
 * there for the others, and for a request only so long. Any thread.
 */
final class Patience {

    private final Semaphore threads;
    private final Duration request;

    /**
     * @param threads how many may wait at a time
     * @param request how long a request may take to its last byte
     */
    Patience(int threads, Duration request) {
        this.threads = new Semaphore(threads);
        this.request = request;
    }

    /** Says that the thread may have to wait from now on; 503 when too many do. The caller calls {@link #end} in the end. */
    void begin() {
        if (!tryBegin()) {
            throw new HttpProblem(503, "Too many answers wait for clients that send or read slowly; try again.");
        }
    }

    /** The same; false when too many wait, and then there is nothing to end. */
    boolean tryBegin() {
        return threads.tryAcquire();
    }

    void end() {
        threads.release();
    }

    Duration request() {
        return request;
    }
}
