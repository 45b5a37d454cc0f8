package localcdc.core.index;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.JsonText;
import localcdc.core.event.Lsn;
import localcdc.core.event.Operation;
import localcdc.core.event.Row;
import localcdc.core.event.RowShape;
import localcdc.core.event.SourcePosition;

/**
 * The newest known state of one row, and the change that made it so. Immutable; a reader that holds one keeps a
 * consistent row whatever the writer does.
 *
 * <p>There is one such object for each row of the map, so its fields are chosen to fill 32 bytes.
 */
public final class LatestState {

    private final RowShape shape;
    private final byte[] packed;
    private final long lsn;
    private final SourcePosition position;

    LatestState(Row row, long lsn, SourcePosition position) {
        this.shape = row.shape();
        this.packed = row.packed();
        this.lsn = lsn;
        this.position = position;
    }

    public Row row() {
        return Row.ofPacked(shape, packed);
    }

    /** Bytes that the packed values take. */
    public int packedLength() {
        return packed.length;
    }

    public RowShape shape() {
        return shape;
    }

    /** The place in the log of the change that wrote this state; for a snapshot's row, where the snapshot stands. */
    public long lsn() {
        return lsn;
    }

    /** The transaction that wrote this state. */
    public SourcePosition position() {
        return position;
    }

    /**
     * Whether a change is older than this state, or is this very change once more.
     *
     * @param event a change of the same key
     */
    boolean isAtOrAfter(ChangeEvent event) {
        if (event.lsn() == Lsn.NONE || lsn == Lsn.NONE) {
            // Nothing but the order of arrival is known, and between streams not even that means anything.
            return false;
        }
        if (position.partition() == event.position().partition()
                && (position.snapshot() || event.operation() == Operation.READ)) {
            // A snapshot's place in the log says nothing about a row's changes: every later record of the stream is
            // newer.
            return false;
        }
        return Long.compareUnsigned(lsn, event.lsn()) >= 0;
    }

    /** Writes {@code {"table":..,"key":{..},"row":{..},"lsn":".."}}, and the names of columns that are not known. */
    public void writeEntryJson(OutputStream out) throws IOException {
        var row = row();
        ascii(out, "{\"table\":");
        out.write(JsonText.quoted(shape.table().toString()));
        ascii(out, ",\"key\":");
        row.writeKeyJson(out);
        ascii(out, ",\"row\":");
        row.writeJson(out);
        ascii(out, ",\"lsn\":\"" + Lsn.format(lsn) + "\"");
        if (row.hasUnavailable()) {
            ascii(out, ",\"unavailable\":[");
            var names = row.unavailable();
            for (int i = 0; i < names.size(); i++) {
                out.write(i == 0 ? new byte[0] : new byte[] {','});
                out.write(JsonText.quoted(names.get(i)));
            }
            out.write(']');
        }
        out.write('}');
    }

    private static void ascii(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
