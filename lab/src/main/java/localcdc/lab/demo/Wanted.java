package localcdc.lab.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import localcdc.common.http.Exchange;
import localcdc.common.http.HttpProblem;

/**
 * What a request's body asks for: a JSON object with known fields only, so that a misspelt one is not silently left out. What it
 * does not hold, or not in the form that is asked for, is answered with 400. For one thread.
 */
final class Wanted {

    private final JsonNode body;

    private Wanted(JsonNode body) {
        this.body = body;
    }

    /** Reads the body, which may have these fields. */
    static Wanted of(Exchange exchange, int maxBytes, String... fields) throws IOException {
        var body = exchange.jsonBody(maxBytes);
        var known = List.of(fields);
        body.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw new HttpProblem(
                        400, "There is no field '" + name + "' here, but " + String.join(", ", known) + ".");
            }
        });
        return new Wanted(body);
    }

    boolean has(String field) {
        return body.has(field);
    }

    /** @param allowed what it must be, for the refusal */
    double number(String field, double otherwise, String allowed) {
        if (!has(field)) {
            return otherwise;
        }
        return required(field, body.get(field).isNumber(), allowed).doubleValue();
    }

    /** @param allowed what it must be, for the refusal */
    int whole(String field, int otherwise, String allowed) {
        return has(field) ? whole(field, allowed) : otherwise;
    }

    /** The same for a field that must be there. */
    int whole(String field, String allowed) {
        var value = body.path(field);
        return required(field, value.canConvertToExactIntegral() && value.canConvertToInt(), allowed)
                .intValue();
    }

    boolean flag(String field, boolean otherwise) {
        return has(field)
                ? required(field, body.get(field).isBoolean(), "true or false").booleanValue()
                : otherwise;
    }

    /** One of some words, which must be there. */
    String choice(String field, String... words) {
        var allowed = String.join(", ", Arrays.copyOf(words, words.length - 1)) + " or " + words[words.length - 1];
        return required(field, Arrays.asList(words).contains(body.path(field).textValue()), allowed)
                .textValue();
    }

    /** A text, or a number as it is written; nothing where there is none, or an empty one. */
    Optional<String> text(String field) {
        var value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        return Optional.of(required(field, value.isTextual() || value.isNumber(), "a text")
                        .asText())
                .filter(text -> !text.isEmpty());
    }

    private JsonNode required(String field, boolean right, String allowed) {
        var value = body.path(field);
        if (!right) {
            throw refused(field, value.isMissingNode() ? "missing" : value.toString(), allowed);
        }
        return value;
    }

    static HttpProblem refused(String field, Object found, String allowed) {
        return new HttpProblem(400, field + " is " + found + "; it must be " + allowed + ".");
    }
}
