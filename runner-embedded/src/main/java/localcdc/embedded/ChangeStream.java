package localcdc.embedded;

import java.time.Duration;

/** Changes on their way from a slot to a {@link ChangeReceiver}, until it ends by itself or is closed. */
interface ChangeStream {

    /** How a stream has ended: by itself with an error, or because it was closed. */
    record End(String message, Throwable error) {}

    /** Whether it is putting a transaction into the map just now, which may take long. Any thread. */
    boolean isApplying();

    /** How it has ended, or null while it runs. Any thread. */
    End end();

    /** Ends it, once what is being applied is applied, and waits for that at most so long. May be repeated. */
    void close(Duration grace) throws InterruptedException;
}
