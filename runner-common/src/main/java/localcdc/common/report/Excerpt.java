package localcdc.common.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import localcdc.core.event.Row;

/** The beginning of a row's or a key's JSON: enough to recognise it in a log line, however large the row is. */
final class Excerpt {

    private Excerpt() {}

    static String ofKey(Row row, int most) {
        return of(row::writeKeyJson, most);
    }

    static String ofRow(Row row, int most) {
        return of(row::writeJson, most);
    }

    private interface Json {
        void writeTo(OutputStream out) throws IOException;
    }

    private static String of(Json json, int most) {
        // A character takes four bytes at most; what lies beyond that is only counted.
        var out = new Beginning(most * 4);
        try {
            json.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        var text = out.text();
        if (text.codePointCount(0, text.length()) <= most && out.whole()) {
            return text;
        }
        int end = text.offsetByCodePoints(0, Math.min(most, text.codePointCount(0, text.length())));
        return text.substring(0, end) + "... (" + out.length() + " bytes)";
    }

    /** Keeps the first bytes and counts the rest. */
    private static final class Beginning extends OutputStream {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final int capacity;
        private long length;

        Beginning(int capacity) {
            this.capacity = capacity;
        }

        @Override
        public void write(int b) {
            if (kept.size() < capacity) {
                kept.write(b);
            }
            length++;
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            kept.write(bytes, from, Math.min(count, capacity - kept.size()));
            length += count;
        }

        boolean whole() {
            return length == kept.size();
        }

        long length() {
            return length;
        }

        String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
