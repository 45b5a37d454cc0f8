package localcdc.common.http;

import java.time.Duration;

/**
 * How long a server waits for its clients.
 *
 * @param idle how long a connection may stand still before it is cut
 * @param idleWhenFull the same while there are as many connections as there may be
 * @param body how long a request's body may take
 */
record Limits(Duration idle, Duration idleWhenFull, Duration body) {

    /**
     * A connection may be idle for longer than a cut waits for its marker; where others wait for a connection, for longer than a reader
     * of the live changes hears nothing. The time for a body is enough for the longest one over a slow line; without an end a client
     * that sends a byte now and then had a thread for ever.
     */
    static final Limits DEFAULT = new Limits(Duration.ofSeconds(60), Duration.ofSeconds(15), Duration.ofSeconds(30));

    Limits withIdle(Duration other) {
        return new Limits(other, idleWhenFull, body);
    }

    Limits withIdleWhenFull(Duration other) {
        return new Limits(idle, other, body);
    }

    Limits withBody(Duration other) {
        return new Limits(idle, idleWhenFull, other);
    }
}
