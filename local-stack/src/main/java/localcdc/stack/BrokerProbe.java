package localcdc.stack;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Asks a Kafka broker one thing in its own protocol: whose cluster it is, and whether it serves it. A client of Kafka's would
 * do, too, but it fills the log with warnings while the broker starts.
 */
final class BrokerProbe {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int ANSWER_LIMIT = 1 << 20;
    private static final short METADATA = 3;
    private static final short VERSION = 2;
    private static final int CORRELATION = 1;

    private BrokerProbe() {}

    /** The cluster's id, once the broker on this port is registered and takes requests; empty before that. */
    static Optional<String> servingCluster(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            send(new DataOutputStream(socket.getOutputStream()));
            return receive(new DataInputStream(socket.getInputStream()));
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }

    /** A metadata request for no topic. */
    private static void send(DataOutputStream out) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream request = new DataOutputStream(bytes);
        request.writeShort(METADATA);
        request.writeShort(VERSION);
        request.writeInt(CORRELATION);
        writeString(request, "local-stack");
        request.writeInt(0);
        out.writeInt(bytes.size());
        bytes.writeTo(out);
        out.flush();
    }

    private static Optional<String> receive(DataInputStream in) throws IOException {
        int size = in.readInt();
        if (size < 0 || size > ANSWER_LIMIT || in.readInt() != CORRELATION) {
            throw new IOException("this is no Kafka broker");
        }
        int brokers = in.readInt();
        for (int i = 0; i < brokers; i++) {
            in.readInt();
            readString(in);
            in.readInt();
            readString(in);
        }
        Optional<String> cluster = readString(in);
        // A broker that the controller has not let in yet is in nobody's list.
        return brokers > 0 ? cluster : Optional.empty();
    }

    private static void writeString(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeShort(bytes.length);
        out.write(bytes);
    }

    private static Optional<String> readString(DataInputStream in) throws IOException {
        short length = in.readShort();
        if (length < 0) {
            return Optional.empty();
        }
        return Optional.of(new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }
}
