package localcdc.kafka;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Greets whoever listens at an address as a client of Kafka's does without TLS, and looks at the first bytes that come back.
 * The clients themselves take them for a length and reserve so much memory: an alert of TLS is 352 MB. Stateless.
 */
final class Greeting {

    /** Who has answered. */
    enum Speaker {
        /** A broker, or nobody within the time. */
        KAFKA_OR_NONE,
        /** Somebody who expects TLS. */
        TLS,
        /** Somebody else, such as a web server. */
        OTHER
    }

    private static final Logger LOG = LoggerFactory.getLogger(Greeting.class);
    private static final short API_VERSIONS = 18;
    private static final int LARGEST_ANSWER = 1 << 20;
    private static final int TLS_ALERT = 0x1503;

    private Greeting() {}

    /** Takes {@code patience} twice at most. */
    static Speaker answered(String host, int port, Duration patience) {
        int millis = (int) patience.toMillis();
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), millis);
            socket.setSoTimeout(millis);
            greet(new DataOutputStream(socket.getOutputStream()));
            int first = new DataInputStream(socket.getInputStream()).readInt();
            if (first >>> 16 == TLS_ALERT) {
                return Speaker.TLS;
            }
            return first < 0 || first > LARGEST_ANSWER ? Speaker.OTHER : Speaker.KAFKA_OR_NONE;
        } catch (IOException e) {
            LOG.debug("{}:{} did not answer", host, port, e);
            return Speaker.KAFKA_OR_NONE;
        }
    }

    /** Which requests does it know? Also a broker that wants a password answers that. */
    private static void greet(DataOutputStream out) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var request = new DataOutputStream(bytes);
        var name = "localcdc".getBytes(StandardCharsets.US_ASCII);
        request.writeShort(API_VERSIONS);
        request.writeShort(0);
        request.writeInt(1);
        request.writeShort(name.length);
        request.write(name);
        out.writeInt(bytes.size());
        bytes.writeTo(out);
        out.flush();
    }
}
