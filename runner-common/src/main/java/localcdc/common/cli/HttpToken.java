package localcdc.common.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * The secret that whoever uses the status server's controls sends as {@code Authorization: Bearer TOKEN}. Its text never
 * shows it.
 */
public final class HttpToken {

    /** What the header {@code Authorization} has in front of a token. */
    public static final String SCHEME = "Bearer ";

    private static final int SHORTEST = 16;
    private static final int LONGEST_FILE_BYTES = 4096;

    private final byte[] secret;

    private HttpToken(byte[] secret) {
        this.secret = secret;
    }

    /**
     * Reads a token from a file, which holds nothing else but white space around it.
     *
     * @throws UsageException when the file cannot be read, or holds no token
     */
    public static HttpToken readFrom(Path file) {
        String text;
        try {
            if (Files.size(file) > LONGEST_FILE_BYTES) {
                throw new UsageException("--http-token-file: '" + file + "' is longer than " + LONGEST_FILE_BYTES
                        + " bytes; it must hold a token and nothing else.");
            }
            text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            throw new UsageException("--http-token-file: '" + file + "' cannot be read ("
                    + e.getClass().getSimpleName() + ").");
        }
        if (text.length() < SHORTEST || text.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new UsageException("--http-token-file: '" + file + "' must hold one word of at least " + SHORTEST
                    + " printable ASCII characters, such as openssl rand -hex 16 prints.");
        }
        return new HttpToken(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether the text is the token; takes as long for one wrong text as for another. */
    public boolean matches(String text) {
        return MessageDigest.isEqual(secret, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The value of the header {@code Authorization} that sends it. */
    public String authorization() {
        return SCHEME + new String(secret, StandardCharsets.US_ASCII);
    }

    /** Masked. */
    @Override
    public String toString() {
        return Setting.MASK;
    }
}
