package localcdc.core.decode;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import localcdc.core.value.ByteSink;
import localcdc.core.value.CanonicalJson;
import localcdc.core.value.JsonScanner;
import localcdc.core.value.JsonScanner.Token;
import localcdc.core.value.MalformedValueException;
import localcdc.core.value.PgType;

/**
 * A JSON object taken apart one level deep, in its order: the values stay bytes. Of members of one name the last counts.
 * Immutable; nobody may write to the bytes.
 */
final class JsonMembers {

    private static final JsonFactory JSON = new JsonFactory();
    private static final PgType JSON_TYPE = PgType.scalar("json").orElseThrow();
    private static final int LONGEST_LONG = 18;
    private static final int SHOWN = 40;

    private final byte[] bytes;
    private final Map<String, Span> spans;

    /** A value's place; of a string with its quotes. */
    private record Span(Token kind, int start, int end) {}

    private JsonMembers(byte[] bytes, Map<String, Span> spans) {
        this.bytes = bytes;
        this.spans = spans;
    }

    /**
     * Takes the text apart.
     *
     * @param what the text's name in an error, such as {@code the value}
     * @throws MalformedRecordException when it is not one JSON object in UTF-8
     */
    static JsonMembers of(String what, byte[] bytes) {
        if (!CompactJson.isUtf8(bytes)) {
            throw new MalformedRecordException(what + " is not UTF-8");
        }
        return of(what, bytes, 0, bytes.length);
    }

    private static JsonMembers of(String what, byte[] bytes, int start, int end) {
        try {
            var scanner = new JsonScanner(bytes, start, end - start);
            if (scanner.next() != Token.BEGIN_OBJECT) {
                throw new MalformedRecordException(what + " is not a JSON object");
            }
            var spans = new LinkedHashMap<String, Span>();
            for (var token = scanner.next(); token != Token.END_OBJECT; token = scanner.next()) {
                var name = text(bytes, scanner.start() - 1, scanner.end() + 1, scanner.escaped());
                spans.put(name, span(scanner));
            }
            if (scanner.next() != Token.END) {
                throw new MalformedRecordException(what + " is followed by something else");
            }
            return new JsonMembers(bytes, spans);
        } catch (MalformedValueException e) {
            throw new MalformedRecordException(what + " is not JSON: " + e.getMessage(), e);
        }
    }

    private static Span span(JsonScanner scanner) {
        var kind = scanner.next();
        if (kind == Token.STRING) {
            return new Span(kind, scanner.start() - 1, scanner.end() + 1);
        }
        int start = scanner.start();
        if (kind == Token.BEGIN_OBJECT || kind == Token.BEGIN_ARRAY) {
            int depth = scanner.depth();
            while (scanner.depth() >= depth) {
                scanner.next();
            }
        }
        return new Span(kind, start, scanner.end());
    }

    /** What a JSON string says. */
    private static String text(byte[] bytes, int start, int end, boolean escaped) {
        if (!escaped) {
            return new String(bytes, start + 1, end - start - 2, StandardCharsets.UTF_8);
        }
        try (var parser = JSON.createParser(bytes, start, end - start)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException e) {
            throw new MalformedRecordException("a string cannot be read", e);
        }
    }

    /** The members' names, in their order. */
    List<String> names() {
        return List.copyOf(spans.keySet());
    }

    boolean has(String name) {
        return spans.containsKey(name);
    }

    /** Whether there is such a member and it is not null. */
    boolean hasValue(String name) {
        var span = spans.get(name);
        return span != null && span.kind != Token.NULL;
    }

    boolean isString(String name) {
        var span = spans.get(name);
        return span != null && span.kind == Token.STRING;
    }

    boolean isObject(String name) {
        var span = spans.get(name);
        return span != null && span.kind == Token.BEGIN_OBJECT;
    }

    /** The object of that name. */
    JsonMembers object(String name) {
        var span = require(name, Token.BEGIN_OBJECT, "an object");
        return of("\"" + name + "\"", bytes, span.start, span.end);
    }

    /** The text of that name. */
    String string(String name) {
        var span = require(name, Token.STRING, "a string");
        return text(bytes, span.start, span.end, true);
    }

    /** The number of that name, which must be a whole one, not below zero. */
    long number(String name) {
        var span = require(name, Token.NUMBER, "a number");
        if (span.end - span.start > LONGEST_LONG || CompactJson.digitsEnd(bytes, span.start, span.end) != span.end) {
            throw new MalformedRecordException("\"" + name + "\" is " + shown(span) + ", not a whole number from 0 on");
        }
        return Long.parseLong(raw(span));
    }

    /** The number of that name; {@code otherwise} where there is none, or null. */
    long number(String name, long otherwise) {
        return hasValue(name) ? number(name) : otherwise;
    }

    /** The texts of that name's array; none where there is no such member. */
    List<String> strings(String name) {
        if (!has(name)) {
            return List.of();
        }
        var span = require(name, Token.BEGIN_ARRAY, "an array");
        var strings = new ArrayList<String>();
        var scanner = new JsonScanner(bytes, span.start, span.end - span.start);
        scanner.next();
        for (var token = scanner.next(); token != Token.END_ARRAY; token = scanner.next()) {
            if (token != Token.STRING) {
                throw new MalformedRecordException("\"" + name + "\" holds something else than strings");
            }
            strings.add(text(bytes, scanner.start() - 1, scanner.end() + 1, scanner.escaped()));
        }
        return strings;
    }

    private Span require(String name, Token kind, String wanted) {
        var span = spans.get(name);
        if (span == null) {
            throw new MalformedRecordException("there is no \"" + name + "\"");
        }
        if (span.kind != kind) {
            throw new MalformedRecordException("\"" + name + "\" is " + shown(span) + ", not " + wanted);
        }
        return span;
    }

    /** What kind of value it is. */
    Token kind(String name) {
        return spans.get(name).kind;
    }

    /** The value's JSON text as it stands. */
    String raw(String name) {
        return raw(spans.get(name));
    }

    private String raw(Span span) {
        return new String(bytes, span.start, span.end - span.start, StandardCharsets.UTF_8);
    }

    /** Appends the value's JSON text without blanks. */
    void appendCompact(String name, ByteSink out) {
        var span = spans.get(name);
        if (span.kind == Token.BEGIN_OBJECT || span.kind == Token.BEGIN_ARRAY) {
            CanonicalJson.append(JSON_TYPE, bytes, span.start, span.end - span.start, out);
        } else {
            out.put(bytes, span.start, span.end - span.start);
        }
    }

    /** Appends the value's JSON text as it stands where it has no blanks, else without them. */
    void appendVerbatim(String name, ByteSink out) {
        var span = spans.get(name);
        if (CompactJson.end(bytes, span.start, span.end) == span.end) {
            out.put(bytes, span.start, span.end - span.start);
        } else {
            appendCompact(name, out);
        }
    }

    private String shown(Span span) {
        var text = raw(span);
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    }
}
