package localcdc.core.decode;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import localcdc.core.decode.RecordDecoder.Kind;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Lsn;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.Row;
import localcdc.core.event.RowWriter;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;
import localcdc.core.value.ByteSink;
import localcdc.core.value.JsonScanner.Token;
import localcdc.core.value.PgType;

/**
 * Records as {@code localcdc.connect.CanonicalRecord} writes them. What looks as the layout of an earlier record says is
 * scanned: its constant parts are compared and its values checked and copied. Everything else is read as JSON, whatever the
 * order of its members, and makes the layout of those that follow. For one thread.
 */
final class OwnFormat {

    /** The member that marks the format; its value is the version. */
    static final String VERSION = "localcdc";

    private static final int LAYOUTS_KEPT = 64;

    private final Answer answer;
    private final Map<TableId, ? extends Collection<String>> leftOut;
    private final List<Layout> layouts = new ArrayList<>();
    private final RowWriter writer = new RowWriter();
    private final RecordScanner scanner;
    private boolean seen;

    OwnFormat(Answer answer, Map<TableId, ? extends Collection<String>> leftOut) {
        this.answer = answer;
        this.leftOut = leftOut;
        this.scanner = new RecordScanner(answer, layouts, writer);
    }

    /** Whether the partition has carried this format. */
    boolean seen() {
        return seen;
    }

    /** Reads a record that looks like an earlier one; false when it does not, and then it must be read as JSON. */
    boolean scan(byte[] key, byte[] value) {
        return scanner.scan(key, value);
    }

    /** Reads a record as JSON. */
    Kind read(byte[] key, JsonMembers record) {
        if (record.number(VERSION) != 1) {
            throw new MalformedRecordException("its format is localcdc " + record.number(VERSION)
                    + ", which this version does not know; take a newer one");
        }
        var source = record.object("source");
        long lsn = record.hasValue("source") ? source.number("lsn", Lsn.NONE) : Lsn.NONE;
        long captured = record.number("ts_us");
        var op = record.string("op");
        if (op.equals("s")) {
            if (lsn == Lsn.NONE) {
                throw new MalformedRecordException(
                        "a snapshot's end does not say where the snapshot stands in the log");
            }
            return answer.snapshotEnd(lsn, captured);
        }
        long committed = source.number("ts_us");
        if (op.equals("m") && record.has("contentBase64")) {
            // No marker and no heartbeat: those are text.
            return answer.nothing();
        }
        if (op.equals("m")) {
            return answer.message(record.string("content"), lsn, committed, captured);
        }
        var table = new TableId(source.string("schema"), source.string("table"));
        if (op.equals("t") ? record.has("shape") : op.equals("d") && record.has("after")) {
            throw new MalformedRecordException("its operation is '" + op + "', but it has a row");
        }
        var position = source.hasValue("txId")
                ? answer.transaction(source.number("txId") & 0xFFFF_FFFFL, committed)
                : answer.unknown(committed);
        if (op.equals("t")) {
            return answer.change(Kind.CHANGE, ChangeEvent.truncate(table, lsn, position), null, captured);
        }
        if (key == null) {
            throw new MalformedRecordException("a change of " + table + " has no key");
        }
        var keyMembers = JsonMembers.of("the key", key);
        var keyTypes = keyTypes(record, keyMembers);
        if (op.equals("d")) {
            seen = true;
            return delete(table, record, keyMembers, keyTypes, new Change(Operation.DELETE, lsn, position, captured));
        }
        var operation = op.length() == 1 ? RecordScanner.operation((byte) op.charAt(0)) : null;
        if (operation == null) {
            throw new MalformedRecordException(
                    "its operation is '" + op + "', which is none of c, u, d, r, t, m and s");
        }
        if (operation == Operation.READ) {
            position = answer.snapshot(committed);
        }
        return row(table, record, keyMembers, keyTypes, new Change(operation, lsn, position, captured));
    }

    private record Change(Operation operation, long lsn, SourcePosition position, long captured) {}

    private static List<PgType> keyTypes(JsonMembers record, JsonMembers key) {
        var types = record.strings("key").stream().map(PgType::parse).toList();
        if (types.size() != key.names().size() || types.isEmpty()) {
            throw new MalformedRecordException(
                    "its key has " + key.names().size() + " columns, but " + types.size() + " types of them are named");
        }
        return types;
    }

    private Kind delete(TableId table, JsonMembers record, JsonMembers key, List<PgType> keyTypes, Change change) {
        var names = key.names();
        var layout = new Layout(table, "", names, names, keyTypes, List.of());
        var row = keyRow(key, layout);
        var event = ChangeEvent.of(Operation.DELETE, layout.keys().of(row), row, change.lsn, change.position);
        return answer.change(record.has("newKey") ? Kind.MOVED_AWAY : Kind.CHANGE, event, null, change.captured);
    }

    private Row keyRow(JsonMembers key, Layout layout) {
        writer.begin();
        for (var name : layout.keyShape().columns()) {
            if (!key.hasValue(name)) {
                throw new MalformedRecordException("its key has no " + name);
            }
            add(key, name);
        }
        return writer.row(layout.keyShape());
    }

    private void add(JsonMembers members, String name) {
        if (!members.hasValue(name)) {
            writer.addNull();
            return;
        }
        var text = new ByteSink();
        // As the scanner does: the values are canonical already.
        members.appendVerbatim(name, text);
        writer.add(text.array(), 0, text.size());
    }

    private Kind row(TableId table, JsonMembers record, JsonMembers key, List<PgType> keyTypes, Change change) {
        var after = record.object("after");
        var unavailable = record.strings("unavailable");
        var reread = record.strings("reread");
        var columns = record.has("columns") ? record.strings("columns") : after.names();
        for (var name : after.names()) {
            if (!columns.contains(name)) {
                throw new MalformedRecordException("its row has column " + name + ", which is not among " + columns);
            }
        }
        for (var name : columns) {
            if (!after.has(name) && !unavailable.contains(name)) {
                throw new MalformedRecordException("its row lacks column " + name);
            }
        }
        requireSameKey(key, after);
        var layout = layout(table, record.string("shape"), columns, key.names(), keyTypes);
        var complete = row(layout, after, List.of());
        var row = reread.isEmpty() ? complete : row(layout, after, reread);
        var event = new ChangeEvent(
                change.operation,
                table,
                layout.keys().of(complete),
                row,
                record.has("oldKey") ? previousKey(record, layout) : null,
                change.lsn,
                change.position,
                reread.isEmpty() ? null : complete);
        seen = true;
        return answer.change(Kind.CHANGE, event, layout.seen(), change.captured);
    }

    private static void requireSameKey(JsonMembers key, JsonMembers after) {
        for (var name : key.names()) {
            if (!after.hasValue(name) || !compact(after, name).equals(compact(key, name))) {
                throw new MalformedRecordException("its key says " + name + "=" + key.raw(name) + ", its row says "
                        + (after.has(name) ? after.raw(name) : "nothing"));
            }
        }
    }

    private static String compact(JsonMembers members, String name) {
        var text = new ByteSink();
        members.appendCompact(name, text);
        return text.toString();
    }

    private Row row(Layout layout, JsonMembers after, List<String> unknown) {
        writer.begin();
        for (var name : layout.shape().columns()) {
            if (!after.has(name) || unknown.contains(name)) {
                writer.addUnavailable();
            } else {
                add(after, name);
            }
        }
        return writer.row(layout.shape());
    }

    private PrimaryKey previousKey(JsonMembers record, Layout layout) {
        var old = record.object("oldKey");
        return layout.keys().of(keyRow(old, layout));
    }

    /** The layout of an earlier record like this, or a new one for those to come. */
    private Layout layout(
            TableId table, String version, List<String> columns, List<String> key, List<PgType> keyTypes) {
        for (var layout : layouts) {
            if (layout.table().equals(table)
                    && layout.columns().equals(columns)
                    && layout.keyShape().columns().equals(key)
                    && layout.keys().types().equals(keyTypes)
                    && layout.version().equals(version)) {
                return layout;
            }
        }
        Collection<String> absent = leftOut.containsKey(table) ? leftOut.get(table) : List.of();
        var layout = new Layout(table, version, columns, key, keyTypes, absent);
        if (layouts.size() == LAYOUTS_KEPT) {
            layouts.remove(0);
        }
        layouts.add(layout);
        return layout;
    }

    /** Reads a record without a value, by its key and by the header that says whose it is. */
    Kind tombstone(byte[] key, byte[] header) {
        if (scanner.scanTombstone(key, header)) {
            return answer.kind();
        }
        var members = JsonMembers.of("the header", header);
        var keyMembers = JsonMembers.of("the key", key);
        var names = keyMembers.names();
        var only = new Layout(
                new TableId(members.string("schema"), members.string("table")),
                "",
                names,
                names,
                keyTypes(members, keyMembers),
                List.of());
        keyRow(keyMembers, only);
        return tombstone(
                members.has("newKey") ? Kind.MOVED_AWAY : Kind.TOMBSTONE, only, members.number("lsn", Lsn.NONE));
    }

    /** The key's values are in the writer. */
    private Kind tombstone(Kind kind, Layout layout, long lsn) {
        var row = writer.row(layout.keyShape());
        var event = ChangeEvent.of(Operation.DELETE, layout.keys().of(row), row, lsn, answer.unknown(0));
        return answer.change(kind, event, null, 0);
    }

    /** What kind of values a key has, for looking at the first record of a foreign format. */
    static PgType inferred(JsonMembers key, String name) {
        var kind = key.kind(name);
        var type = kind == Token.NUMBER
                ? "numeric"
                : kind == Token.STRING ? "text" : kind == Token.TRUE || kind == Token.FALSE ? "bool" : "jsonb";
        return PgType.scalar(type).orElseThrow();
    }
}
