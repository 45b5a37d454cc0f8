package localcdc.core.value;

import java.nio.charset.StandardCharsets;

/** A text that is not a value of the type it is said to have. The message names the type and a short sample, never the whole value. */
public final class MalformedValueException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int SAMPLE_BYTES = 60;

    public MalformedValueException(String message) {
        super(message);
    }

    /** The same for one that says less, such as not of which row the value is. */
    public MalformedValueException(String message, MalformedValueException cause) {
        super(message, cause);
    }

    static MalformedValueException of(Object type, String problem, byte[] text, int offset, int length) {
        return new MalformedValueException(
                "Not a value of type " + type + " (" + problem + "): " + sample(text, offset, length));
    }

    private static String sample(byte[] text, int offset, int length) {
        var shown = Math.min(length, SAMPLE_BYTES);
        var cut = new String(text, offset, shown, StandardCharsets.UTF_8);
        return shown == length ? "'" + cut + "'" : "'" + cut + "...' (" + length + " bytes)";
    }
}
