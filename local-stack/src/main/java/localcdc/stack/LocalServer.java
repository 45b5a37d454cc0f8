package localcdc.stack;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A server on this machine that is a real process: one can stop it, kill it, and start it again on the same port and data. Any
 * thread may call.
 */
public interface LocalServer extends AutoCloseable {

    /**
     * Starts the server and returns once it serves. Without effect while it runs.
     *
     * @return this
     * @throws StackException when it does not come up
     */
    LocalServer start();

    /** Ends the server in good order. Without effect while it does not run. */
    void stop();

    /** A crash: SIGKILL. */
    void kill();

    /** {@link #stop} and {@link #start}. */
    void restart();

    /** Whether its process runs. */
    boolean isAlive();

    /** The process id of the latest start. */
    long pid();

    /** Completes with the exit code when the process of the latest start ends, for whatever reason. */
    CompletableFuture<Integer> onExit();

    /** Its log, which goes with its folder when it is closed. */
    Path logFile();

    /** The port at which it serves; before the first start 0 if a free one is wanted. */
    int port();

    /** Stops the server and removes its folder. May be repeated. */
    @Override
    void close();
}
