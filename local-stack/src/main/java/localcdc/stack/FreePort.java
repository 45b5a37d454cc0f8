package localcdc.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports on loopback that nobody listens on. Safe for any thread; another process may still be faster. */
public final class FreePort {
    /**
     * Below the ranges from which systems take the local ports of outgoing connections. A client that keeps trying a server
     * which is down could otherwise be given the server's own port, connect to itself, and keep the server from coming back.
     */
    private static final int FIRST = 20_000;

    private static final int LAST = 32_000;
    private static final int ATTEMPTS = 500;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private FreePort() {}

    /**
     * A port that was free a moment ago.
     *
     * @throws StackException none was found
     */
    public static int find() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new StackException(
                "None of " + ATTEMPTS + " ports between " + FIRST + " and " + LAST + " on 127.0.0.1 is free.",
                "Name a port, or close programs that listen on many ports.");
    }

    /** Whether a server could listen on this port of loopback now. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
