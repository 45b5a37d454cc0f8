package localcdc.common.http;

import java.util.concurrent.Semaphore;
import localcdc.core.index.Retention;

/** One verification under way. Any number of threads may use it. */
final class VerifySession {

    private final String id;
    private final Retention retention;
    private final Semaphore cutting = new Semaphore(1);
    private volatile long lastUsedNanos;
    private volatile SnapshotVisibility visibility;

    VerifySession(String id, Retention retention, long nowNanos) {
        this.id = id;
        this.retention = retention;
        this.lastUsedNanos = nowNanos;
    }

    String id() {
        return id;
    }

    /** The content of the message that the client puts into the log, or how it begins. */
    String marker() {
        return "localcdc-verify-" + id;
    }

    Retention retention() {
        return retention;
    }

    /** Held while a cut waits for its marker. */
    Semaphore cutting() {
        return cutting;
    }

    void used(long nowNanos) {
        lastUsedNanos = nowNanos;
    }

    long lastUsed() {
        return lastUsedNanos;
    }

    void cut(SnapshotVisibility snapshot) {
        visibility = snapshot;
    }

    /** The snapshot that questions are answered for; 409 when there was no cut yet. */
    SnapshotVisibility visibility() {
        var snapshot = visibility;
        if (snapshot == null) {
            throw new HttpProblem(409, "This verification has no cut yet.");
        }
        return snapshot;
    }
}
