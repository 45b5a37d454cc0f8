package localcdc.core.event;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** JSON strings as UTF-8 bytes. */
public final class JsonText {

    private JsonText() {}

    /** {@code text} as a JSON string, quotes included. */
    public static byte[] quoted(String text) {
        byte[] escaped = JsonStringEncoder.getInstance().quoteAsUTF8(text);
        var out = new ByteArrayOutputStream(escaped.length + 2);
        out.write('"');
        out.write(escaped, 0, escaped.length);
        out.write('"');
        return out.toByteArray();
    }

    /** {@code text} as a JSON string, quotes included. */
    public static String quotedText(String text) {
        return new String(quoted(text), StandardCharsets.UTF_8);
    }
}
