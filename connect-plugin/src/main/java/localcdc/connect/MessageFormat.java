package localcdc.connect;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/** How logical messages are written. Immutable. */
final class MessageFormat {

    private static final byte[] KEY = JsonSink.ascii("{\"message\":");
    private static final byte[] PREFIX = JsonSink.ascii(",\"prefix\":");
    private static final byte[] CONTENT = JsonSink.ascii(",\"content\":");
    private static final byte[] BINARY_CONTENT = JsonSink.ascii(",\"contentBase64\":\"");
    private static final byte[] NO_TABLE = {};

    private final Envelope envelope;

    MessageFormat(Envelope envelope) {
        this.envelope = envelope;
    }

    void writeKey(Struct value, JsonSink out) {
        out.put(KEY).put(JsonSink.quoted(prefix(value))).put('}');
    }

    void write(Struct value, JsonSink out) {
        envelope.writeHead(value, NO_TABLE, out);
        out.put(PREFIX).put(JsonSink.quoted(prefix(value)));
        var content = content(value);
        if (isText(content)) {
            out.put(CONTENT).putString(content);
        } else {
            out.put(BINARY_CONTENT).put(Base64.getEncoder().encode(content)).put('"');
        }
        out.put('}');
    }

    private static String prefix(Struct value) {
        return value.getStruct("message").getString("prefix");
    }

    private static byte[] content(Struct value) {
        var content = value.getStruct("message").get("content");
        if (content instanceof byte[] bytes) {
            return bytes;
        }
        if (content instanceof ByteBuffer buffer) {
            var bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
        if (content == null) {
            return new byte[0];
        }
        throw new DataException(
                "The message '" + prefix(value) + "' has its content as text, encoded in a way that it does"
                        + " not tell. Set binary.handling.mode=bytes in the connector's configuration.");
    }

    private static boolean isText(byte[] content) {
        // What is no UTF-8 does not come back the same.
        return Arrays.equals(content, new String(content, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
    }
}
