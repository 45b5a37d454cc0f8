package localcdc.lab.demo;

import java.time.Duration;

/** How the demo shows itself while it runs. For one thread. */
interface LiveView extends AutoCloseable {

    /** How often {@link #show} is wanted. */
    Duration interval();

    void show(Facts facts);

    /** Gives the terminal back. */
    @Override
    void close();
}
