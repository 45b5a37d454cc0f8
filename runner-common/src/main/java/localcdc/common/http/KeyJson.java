package localcdc.common.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import localcdc.core.index.LatestState;

/** A key as a JSON array of its values in key order; and, in base64, as a page's cursor. */
final class KeyJson {

    private static final JsonFactory JSON = new JsonFactory();

    private KeyJson() {}

    /** The key of a row, such as {@code [1001]}. */
    static String of(LatestState state) {
        var row = state.row();
        var text = new StringBuilder("[");
        for (int i = 0; i < row.shape().keySize(); i++) {
            text.append(i == 0 ? "" : ",").append(row.json(row.shape().keyColumn(i)));
        }
        return text.append(']').toString();
    }

    /** Where the page after this row begins. */
    static String cursor(LatestState state) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(of(state).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The values that a cursor names, each as JSON text.
     *
     * @throws IllegalArgumentException when it is no cursor of ours: a sentence
     */
    static List<String> fragmentsOfCursor(String cursor) {
        try {
            return fragments(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + cursor + "' is not a cursor that a page gave", e);
        }
    }

    /**
     * The values of a JSON array, each as the JSON text that stands there, untouched.
     *
     * @throws IllegalArgumentException when the text is no JSON array of one value or more: a sentence
     */
    static List<String> fragments(String array) {
        var fragments = new ArrayList<String>();
        try (var parser = JSON.createParser(array)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw notAnArray(array, null);
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() == null) {
                    throw notAnArray(array, null);
                }
                fragments.add(fragment(parser, array));
            }
            if (fragments.isEmpty() || parser.nextToken() != null) {
                throw notAnArray(array, null);
            }
            return fragments;
        } catch (IOException e) {
            throw notAnArray(array, e);
        }
    }

    private static String fragment(JsonParser parser, String array) throws IOException {
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        // A text is only read to its end when somebody asks for it, and only then the parser stands behind it.
        parser.finishToken();
        int end = (int) parser.currentLocation().getCharOffset();
        return array.substring(start, end).strip();
    }

    private static IllegalArgumentException notAnArray(String text, Exception cause) {
        var shown = text.length() > 100 ? text.substring(0, 100) + "..." : text;
        return new IllegalArgumentException("'" + shown + "' is not a JSON array of a key's values", cause);
    }
}
