package localcdc.common.http;

import java.util.concurrent.Semaphore;

/** Answers of one kind that cost much: only so many are made at a time, and further ones are refused. Any thread. */
final class AtOnce {

    private final int limit;
    private final String kind;
    private final Semaphore free;

    /**
     * @param limit how many at a time
     * @param kind what to call several of them, such as {@code dumps}
     */
    AtOnce(int limit, String kind) {
        this.limit = limit;
        this.kind = kind;
        this.free = new Semaphore(limit);
    }

    /** Says that one is made from now on; 503 when there are as many already. The caller calls {@link #end} in the end. */
    void begin() {
        if (!free.tryAcquire()) {
            throw new HttpProblem(503, limit + " " + kind + " are running already; try again when one is done.");
        }
    }

    void end() {
        free.release();
    }
}
