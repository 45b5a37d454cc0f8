package localcdc.common.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The lines of one event, by the <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML standard</a>. */
final class ServerSentEvent {

    private static final byte[] END = {'\n', '\n'};

    private ServerSentEvent() {}

    /**
     * An event without a name.
     *
     * @param data a text without line breaks, in UTF-8
     */
    static byte[] of(long id, byte[] data) {
        return lines("id: " + id, data);
    }

    /**
     * An event of this name.
     *
     * @param data a text without line breaks, in UTF-8
     */
    static byte[] named(String name, byte[] data) {
        return lines("event: " + name, data);
    }

    private static byte[] lines(String first, byte[] data) {
        var head = (first + "\ndata: ").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(head.length + data.length + END.length)
                .put(head)
                .put(data)
                .put(END)
                .array();
    }
}
