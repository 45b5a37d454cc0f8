package localcdc.common.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Many readers of {@code /api/events} who hold their connections open and read nothing but how they were received. For one thread. */
final class CrowdOfReaders implements AutoCloseable {

    private static final long PATIENCE_MILLIS = 20_000;

    /** Fewer than the kernel lets wait for a server: what it drops is tried again only after a second. */
    private static final int WAITING_AT_ONCE = 32;

    private static final byte[] REQUEST = "GET /api/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    private final InetSocketAddress server;
    private final Selector selector = Selector.open();
    private final List<SocketChannel> channels = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();
    private int served;

    CrowdOfReaders(int port) throws IOException {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Lets so many come; {@code received} runs after each that was let in or not. */
    CrowdOfReaders come(int readers, Runnable received) throws IOException {
        while (served + refusals.size() < readers) {
            while (channels.size() < readers && channels.size() - served - refusals.size() < WAITING_AT_ONCE) {
                ask();
            }
            if (selector.select(PATIENCE_MILLIS) == 0) {
                throw new AssertionError("No answer to " + (channels.size() - served - refusals.size()) + " readers");
            }
            for (var key : selector.selectedKeys()) {
                if (isReceived(key)) {
                    key.cancel();
                    received.run();
                }
            }
            selector.selectedKeys().clear();
        }
        return this;
    }

    private void ask() throws IOException {
        var channel = SocketChannel.open(server);
        channels.add(channel);
        channel.write(ByteBuffer.wrap(REQUEST));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(2048));
    }

    private boolean isReceived(SelectionKey key) throws IOException {
        var answer = (ByteBuffer) key.attachment();
        boolean ended = isEnded((SocketChannel) key.channel(), answer);
        var text = StandardCharsets.UTF_8.decode(answer.duplicate().flip()).toString();
        if (text.startsWith("HTTP/1.1 200") && text.contains("\r\n\r\n")) {
            served++;
            return true;
        }
        if (ended) {
            refusals.add(text);
            // The server has closed only its side, and counts the connection until the other one is closed as well.
            key.channel().close();
        }
        return ended;
    }

    private static boolean isEnded(SocketChannel channel, ByteBuffer answer) throws IOException {
        try {
            return channel.read(answer) < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    /** How many were let in. */
    int served() {
        return served;
    }

    /** What the others were told before their connection was closed. */
    List<String> refusals() {
        return refusals;
    }

    @Override
    public void close() throws IOException {
        for (var channel : channels) {
            channel.close();
        }
        selector.close();
    }
}
