package localcdc.common.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import localcdc.common.http.RecentChanges.Change;
import localcdc.core.event.JsonText;
import localcdc.core.event.Lsn;
import localcdc.core.index.LatestState;

/** A change as an object without line breaks, as {@code /api/events} and {@code /api/changes} have it. */
final class ChangeJson {

    private static final DateTimeFormatter MICROS =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

    private ChangeJson() {}

    static byte[] of(Change change) {
        var out = new ByteArrayOutputStream(512);
        try {
            write(change, out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return out.toByteArray();
    }

    static void write(Change change, OutputStream out) throws IOException {
        var event = change.event();
        var after = change.after();
        ascii(out, "{\"op\":\"" + event.operation().label() + "\",\"table\":");
        out.write(JsonText.quoted(event.table().toString()));
        ascii(out, ",\"key\":");
        if (event.row() == null) {
            ascii(out, "null");
        } else {
            event.row().writeKeyJson(out);
        }
        ascii(out, ",\"before\":");
        writeRow(out, change.before());
        ascii(out, ",\"row\":");
        writeRow(out, after);
        if (after != null && after.row().hasUnavailable()) {
            ascii(
                    out,
                    ",\"unavailable\":"
                            + Exchange.JSON.writeValueAsString(after.row().unavailable()));
        }
        var position = event.position();
        ascii(out, ",\"lsn\":\"" + Lsn.format(event.lsn()) + "\"");
        ascii(out, ",\"txId\":" + (position.snapshot() ? "null" : position.txId()));
        ascii(out, ",\"commitTime\":\"");
        ascii(out, MICROS.format(Instant.EPOCH.plus(position.commitMicros(), ChronoUnit.MICROS)));
        ascii(out, "\"}");
    }

    private static void writeRow(OutputStream out, LatestState state) throws IOException {
        if (state == null) {
            ascii(out, "null");
        } else {
            state.row().writeJson(out);
        }
    }

    private static void ascii(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
