package localcdc.common.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes URLs apart by our own rules: each segment of a path is split off while it is still encoded, then decoded once, so
 * that a slash, a dot, a percent sign or any letter inside a name arrives as it was sent.
 */
final class UrlText {

    private UrlText() {}

    /** The segments of a path, still encoded: {@code /a/b%2Fc} is {@code a} and {@code b%2Fc}. */
    static List<String> segments(String rawPath) {
        var path = rawPath.startsWith("/") ? rawPath.substring(1) : rawPath;
        return path.isEmpty() ? List.of() : List.of(path.split("/", -1));
    }

    /** The values of a query's repeated parameter, in their order and still encoded. */
    static List<String> rawValues(String rawQuery, String name) {
        var values = new ArrayList<String>();
        if (rawQuery != null) {
            for (var part : rawQuery.split("&", -1)) {
                if (part.startsWith(name + "=")) {
                    values.add(part.substring(name.length() + 1));
                }
            }
        }
        return values;
    }

    /** The parameters of a query, decoded; of repeated ones the last. A plus sign is a space here. */
    static Map<String, String> query(String rawQuery) {
        var parameters = new LinkedHashMap<String, String>();
        if (rawQuery == null || rawQuery.isEmpty()) {
            return parameters;
        }
        for (var part : rawQuery.split("&", -1)) {
            int equals = part.indexOf('=');
            var name = equals < 0 ? part : part.substring(0, equals);
            var value = equals < 0 ? "" : part.substring(equals + 1);
            parameters.put(decode(name.replace('+', ' ')), decode(value.replace('+', ' ')));
        }
        return parameters;
    }

    /** The values that a segment joins by commas, decoded; a comma inside a value is encoded. */
    static List<String> commaSeparated(String rawSegment) {
        var values = new ArrayList<String>();
        for (var part : rawSegment.split(",", -1)) {
            values.add(decode(part));
        }
        return values;
    }

    /**
     * Decodes {@code %XX} as UTF-8.
     *
     * @throws HttpProblem 400 when a percent sign is not followed by two digits, or the bytes are not UTF-8
     */
    static String decode(String raw) {
        if (raw.indexOf('%') < 0) {
            return raw;
        }
        var bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); ) {
            if (raw.charAt(i) == '%') {
                bytes.write(octet(raw, i));
                i += 3;
            } else {
                int next = raw.indexOf('%', i);
                int end = next < 0 ? raw.length() : next;
                bytes.writeBytes(raw.substring(i, end).getBytes(StandardCharsets.UTF_8));
                i = end;
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new HttpProblem(400, "'" + raw + "' in the URL is not UTF-8 when decoded.");
        }
    }

    private static int octet(String raw, int at) {
        int high = at + 2 < raw.length() ? Character.digit(raw.charAt(at + 1), 16) : -1;
        int low = at + 2 < raw.length() ? Character.digit(raw.charAt(at + 2), 16) : -1;
        if (high < 0 || low < 0) {
            throw new HttpProblem(
                    400,
                    "'" + raw + "' in the URL has a percent sign without two digits; write a percent sign as %25.");
        }
        return high * 16 + low;
    }
}
