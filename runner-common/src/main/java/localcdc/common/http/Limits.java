package localcdc.common.http;

import java.time.Duration;

/**
 * How long a server waits for its clients.
 *
 * @param idle how long a connection may stand still before it is cut
 * @param idleWhenFull the same while there are as many connections as there may be
 * @param request how long a request may take to its last byte
 */
record Limits(Duration idle, Duration idleWhenFull, Duration request) {

    /**
     * A connection may be idle for longer than a cut waits for its marker; where others wait for a connection, for longer than a reader
     * of the live changes hears nothing. The time for a request is enough for the longest one over a slow line; without an end a client
     * that sends a byte now and then had a connection, or a thread, for ever.
     */
    static final Limits DEFAULT = new Limits(Duration.ofSeconds(60), Duration.ofSeconds(15), Duration.ofSeconds(30));

    Limits withIdle(Duration other) {
        return new Limits(other, idleWhenFull, request);
    }

    Limits withIdleWhenFull(Duration other) {
        return new Limits(idle, other, request);
    }

    Limits withRequest(Duration other) {
        return new Limits(idle, idleWhenFull, other);
    }
}
