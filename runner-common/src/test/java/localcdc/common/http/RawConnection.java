package localcdc.common.http;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** A connection to a server on this machine of which a test decides every byte. For one thread. */
final class RawConnection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket = new Socket();

    RawConnection(int port) throws IOException {
        // So small that what the client does not read stays with the server.
        socket.setReceiveBufferSize(8 * 1024);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
    }

    /** Sends each character as one byte. */
    RawConnection send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawConnection send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends it for as long as the server takes it; that the server closes meanwhile is no failure. */
    RawConnection sendIfTaken(byte[] bytes) {
        try {
            return send(bytes);
        } catch (IOException e) {
            return this;
        }
    }

    /** What comes up to and with {@code end}. */
    String readTo(String end) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf(end, Math.max(0, text.length() - end.length())) < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new AssertionError("The server closed after: " + text);
            }
            text.append((char) next);
        }
        return text.toString();
    }

    /** What comes, line by line, until the server closes. */
    Stream<String> lines() throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).lines();
    }

    /** All that comes until the server closes, which it has to. */
    String rest() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(bytes);
        } catch (SocketException e) {
            // A reset closes as well: the server has not read all that was sent.
            return bytes.toString(StandardCharsets.UTF_8);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Whether the server has answered something or has closed. */
    boolean hasHeard() throws IOException {
        return socket.getInputStream().available() > 0;
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
