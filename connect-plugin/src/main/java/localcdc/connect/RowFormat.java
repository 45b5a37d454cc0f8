package localcdc.connect;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import localcdc.core.event.TableId;
import org.apache.kafka.connect.data.Struct;

/** How the rows of one schema are written. For one thread. */
final class RowFormat {

    private static final byte[] SHAPE = JsonSink.ascii(",\"shape\":\"");
    private static final byte[] KEY = JsonSink.ascii("\",\"key\":");
    private static final byte[] OLD_KEY = JsonSink.ascii(",\"oldKey\":");
    private static final byte[] NEW_KEY = JsonSink.ascii(",\"newKey\":");
    private static final byte[] REREAD = JsonSink.ascii(",\"reread\":");
    private static final byte[] UNAVAILABLE = JsonSink.ascii(",\"unavailable\":");
    private static final byte[] AFTER = JsonSink.ascii(",\"after\":");
    private static final int SHAPE_DIGITS = 16;

    /**
     * The key under which the row is not what the record says.
     *
     * @param old whether the row has left it; otherwise it has gone there
     */
    record MovedKey(boolean old, Struct key, KeyFormat format) {

        void write(JsonSink out) {
            format.write(key, out.put(old ? OLD_KEY : NEW_KEY));
        }
    }

    private final Envelope envelope;
    private final TableId table;
    private final byte[] tableMembers;
    private final JsonColumns columns;
    private final byte[] shape;
    private final String[] values;

    private RowFormat(Envelope envelope, TableId table, JsonColumns columns) {
        this.envelope = envelope;
        this.table = table;
        this.tableMembers = KeyFormat.tableMembers(table);
        this.columns = columns;
        this.shape = JsonSink.ascii(shape(table, columns));
        this.values = new String[columns.count()];
    }

    /** The format of this row, and of all others of its schema. */
    static RowFormat of(Envelope envelope, Struct value) {
        var source = envelope.source(value);
        return new RowFormat(
                envelope,
                new TableId(source.getString("schema"), source.getString("table")),
                JsonColumns.of(value.schema().field("after").schema()));
    }

    private static String shape(TableId table, JsonColumns columns) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            update(digest, table.schema());
            update(digest, table.name());
            for (int i = 0; i < columns.count(); i++) {
                update(digest, columns.names().get(i));
                update(digest, columns.types().get(i));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, SHAPE_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256, but this one has not", e);
        }
    }

    private static void update(MessageDigest digest, String part) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        // No name and no type has this sign, so no other parts make the same bytes.
        digest.update((byte) 0);
    }

    /** Whether this row is of the format's table: schemas are made per table, but nobody promises it. */
    boolean isOf(Struct value) {
        var source = envelope.source(value);
        return table.name().equals(source.getString("table")) && table.schema().equals(source.getString("schema"));
    }

    boolean isDelete(Struct value) {
        return envelope.operation(value).equals("d");
    }

    TableId table() {
        return table;
    }

    /** The members that name the table, with a comma behind. */
    byte[] tableMembers() {
        return tableMembers;
    }

    /** Writes a create, update, read or delete. */
    void write(Struct value, KeyFormat key, MovedKey moved, JsonSink out) {
        envelope.writeHead(value, tableMembers, out);
        out.put(SHAPE).put(shape).put(KEY).put(key.types());
        if (moved != null) {
            moved.write(out);
        }
        if (!isDelete(value)) {
            writeAfter(value.getStruct("after"), out);
        }
        out.put('}');
    }

    private void writeAfter(Struct after, JsonSink out) {
        var reread = 0;
        var unavailable = 0;
        for (int i = 0; i < values.length; i++) {
            var text = columns.value(after, i);
            values[i] = text;
            reread += RereadUnchanged.isReread(text) ? 1 : 0;
            unavailable += CanonicalConverter.UNAVAILABLE.equals(text) ? 1 : 0;
        }
        if (reread > 0) {
            writeNames(REREAD, true, out);
        }
        if (unavailable > 0) {
            writeNames(UNAVAILABLE, false, out);
        }
        out.put(AFTER);
        var separator = '{';
        for (int i = 0; i < values.length; i++) {
            var text = values[i];
            if (unavailable == 0 || !CanonicalConverter.UNAVAILABLE.equals(text)) {
                out.put(separator)
                        .put(columns.members().get(i))
                        .putJson(RereadUnchanged.isReread(text) ? RereadUnchanged.value(text) : text);
                separator = ',';
            }
        }
        // The key's columns are always there.
        out.put('}');
    }

    private void writeNames(byte[] member, boolean reread, JsonSink out) {
        out.put(member);
        var separator = '[';
        for (int i = 0; i < values.length; i++) {
            var listed =
                    reread ? RereadUnchanged.isReread(values[i]) : CanonicalConverter.UNAVAILABLE.equals(values[i]);
            if (listed) {
                out.put(separator).put(JsonSink.quoted(columns.names().get(i)));
                separator = ',';
            }
        }
        out.put(']');
    }
}
