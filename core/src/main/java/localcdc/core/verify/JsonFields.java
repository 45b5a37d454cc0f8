package localcdc.core.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import localcdc.core.value.MalformedValueException;

/**
 * Takes a JSON text apart, one level deep; each part keeps its text exactly. Stateless.
 *
 * <p>A text that is not JSON is a {@link MalformedValueException}.
 */
public final class JsonFields {

    /** A row may be as deep, and its numbers as long, as Postgres allows. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private JsonFields() {}

    /** An object's values by their names, in their order. */
    public static Map<String, String> ofObject(String json) {
        var fields = new LinkedHashMap<String, String>();
        try (var parser = FACTORY.createParser(json)) {
            require(parser.nextToken() == JsonToken.START_OBJECT, json);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                parser.nextToken();
                fields.put(name, text(parser, json));
            }
            return fields;
        } catch (IOException e) {
            throw malformed(json, e);
        }
    }

    /** An array's elements. */
    public static List<String> ofArray(String json) {
        var elements = new ArrayList<String>();
        try (var parser = FACTORY.createParser(json)) {
            require(parser.nextToken() == JsonToken.START_ARRAY, json);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                elements.add(text(parser, json));
            }
            return elements;
        } catch (IOException e) {
            throw malformed(json, e);
        }
    }

    /** What a JSON string says; any other JSON text as it stands. */
    public static String plain(String json) {
        try (var parser = FACTORY.createParser(json)) {
            return parser.nextToken() == JsonToken.VALUE_STRING ? parser.getText() : json;
        } catch (IOException e) {
            throw malformed(json, e);
        }
    }

    private static String text(JsonParser parser, String json) throws IOException {
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        parser.finishToken();
        return json.substring(start, (int) parser.currentLocation().getCharOffset());
    }

    private static void require(boolean condition, String json) {
        if (!condition) {
            throw malformed(json, null);
        }
    }

    private static MalformedValueException malformed(String json, IOException cause) {
        var problem = new MalformedValueException(
                "Not JSON of the kind expected here: " + json.substring(0, Math.min(60, json.length())));
        problem.initCause(cause);
        return problem;
    }
}
