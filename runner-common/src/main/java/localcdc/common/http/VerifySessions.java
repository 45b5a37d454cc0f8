package localcdc.common.http;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.LongSupplier;
import localcdc.core.index.HashMapIndexer;

/**
 * The verifications under way: at most {@value #MAX_SESSIONS}, each kept until it is closed, or until nobody has used it
 * for ten minutes. Any number of threads may use it.
 */
final class VerifySessions {

    static final int MAX_SESSIONS = 4;

    /** How many replaced states a session keeps; then it can no longer answer. */
    static final int CAPACITY = 1_000_000;

    private static final Duration IDLE = Duration.ofMinutes(10);
    private static final int ID_BYTES = 12;

    private final HashMapIndexer indexer;
    private final LongSupplier nanos;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, VerifySession> sessions = new HashMap<>();

    VerifySessions(HashMapIndexer indexer, LongSupplier nanos) {
        this.indexer = indexer;
        this.nanos = nanos;
    }

    /** Begins a session, and with it to keep the states that the map replaces; 429 when there are too many. */
    VerifySession open() {
        expire();
        synchronized (sessions) {
            if (sessions.size() >= MAX_SESSIONS) {
                throw new HttpProblem(
                        429, MAX_SESSIONS + " verifications are running already; try again when one is done.");
            }
            var bytes = new byte[ID_BYTES];
            random.nextBytes(bytes);
            var session =
                    new VerifySession(HexFormat.of().formatHex(bytes), indexer.retain(CAPACITY), nanos.getAsLong());
            sessions.put(session.id(), session);
            return session;
        }
    }

    /** The session of this id, now used; 410 when it is gone or can no longer answer. */
    VerifySession use(String id) {
        expire();
        VerifySession session;
        synchronized (sessions) {
            session = sessions.get(id);
        }
        if (session == null) {
            throw new HttpProblem(410, "There is no such verification any more; begin a new one.");
        }
        used(session);
        if (session.retention().invalid() != null) {
            throw stale(session.retention().invalid());
        }
        return session;
    }

    /** The time in which nobody uses it begins anew. */
    void used(VerifySession session) {
        session.used(nanos.getAsLong());
    }

    static HttpProblem stale(String why) {
        return new HttpProblem(410, "This verification can no longer answer: " + why + "; begin a new one.");
    }

    /** Ends a session, if there is one of this id. */
    void close(String id) {
        VerifySession session;
        synchronized (sessions) {
            session = sessions.remove(id);
        }
        if (session != null) {
            session.retention().close();
        }
    }

    /** Ends the sessions that nobody has used for ten minutes; a cut that waits for its marker is use. */
    void expire() {
        synchronized (sessions) {
            sessions.values().removeIf(session -> {
                boolean over = session.cutting().availablePermits() > 0
                        && nanos.getAsLong() - session.lastUsed() > IDLE.toNanos();
                if (over) {
                    session.retention().close();
                }
                return over;
            });
        }
    }

    /** Ends every session. */
    void closeAll() {
        synchronized (sessions) {
            sessions.values().forEach(session -> session.retention().close());
            sessions.clear();
        }
    }
}
