package localcdc.core.decode;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import localcdc.core.decode.RecordDecoder.Kind;
import localcdc.core.decode.RecordDecoder.Seen;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.KeyReader;
import localcdc.core.event.Lsn;
import localcdc.core.event.Operation;
import localcdc.core.event.Row;
import localcdc.core.event.RowShape;
import localcdc.core.event.RowWriter;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;
import localcdc.core.value.ByteSink;

/**
 * Records as others write them: Debezium's envelope with and without schemas, and rows flattened by
 * {@code ExtractNewRecordState}. The values are taken as they stand in JSON; what they have lost before that stays lost. For
 * one thread.
 */
final class ForeignFormats {

    private static final int SHOWN = 60;

    /** How Debezium writes a value that the log did not carry: as text, as bytes in hexadecimal and in base64, in an array. */
    private static final Set<String> UNAVAILABLE = unavailable("__debezium_unavailable_value");

    /** The fields that {@code ExtractNewRecordState} adds are not columns. */
    private static final String ADDED = "__";

    private static final Set<String> HEARTBEAT = Set.of("ts_ms", "ts_us", "ts_ns");

    private final Answer answer;
    private final TableId topicTable;
    private final Map<TableId, ? extends Collection<String>> leftOut;
    private final RowWriter writer = new RowWriter();
    private final Map<TableId, Known> known = new HashMap<>();
    private boolean envelopeSeen;
    private boolean flatSeen;

    /** A table as its latest row showed it. */
    private record Known(List<String> columns, List<String> key, Seen seen, RowShape keyShape) {}

    ForeignFormats(Answer answer, TableId topicTable, Map<TableId, ? extends Collection<String>> leftOut) {
        this.answer = answer;
        this.topicTable = topicTable;
        this.leftOut = leftOut;
    }

    private static Set<String> unavailable(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var hex = HexFormat.of().formatHex(bytes);
        var base64 = Base64.getEncoder().encodeToString(bytes);
        return Set.of('"' + text + '"', '"' + hex + '"', '"' + base64 + '"', "[\"" + text + "\"]", "[\"" + hex + "\"]");
    }

    /**
     * Reads a record that has a value.
     *
     * @param ownSeen whether the partition carries the project's own format, so that nothing else is taken for a row
     */
    Kind read(byte[] key, JsonMembers value, boolean ownSeen) {
        var members = value;
        if (value.has("payload") && value.has("schema") && value.names().size() == 2) {
            if (!value.hasValue("payload")) {
                return tombstone(require(key, "a record without a payload"));
            }
            members = value.object("payload");
        }
        if (isNothing(members)) {
            return answer.nothing();
        }
        boolean envelope = members.isString("op")
                && (members.has("after") || members.has("before") || members.has("source") || members.has("message"));
        if (envelope && members.string("op").equals("m")) {
            return message(members);
        }
        if (ownSeen) {
            throw new MalformedRecordException(
                    "it is not in the format of the records before it; another program writes to this topic");
        }
        return envelope ? envelope(key, members) : flat(require(key, "a row"), members);
    }

    /** Whether every row so far was flattened: then a JSON null stands where a deletion's value was. */
    boolean carriesFlatRowsOnly() {
        return flatSeen && !envelopeSeen;
    }

    private static byte[] require(byte[] key, String what) {
        if (key == null) {
            throw new MalformedRecordException(what + " has no key");
        }
        return key;
    }

    /** Heartbeats, transactions' ends, notifications, schema changes. */
    private static boolean isNothing(JsonMembers value) {
        return (HEARTBEAT.containsAll(value.names()) && !value.names().isEmpty())
                || (value.isString("status") && value.isString("id") && value.has("event_count"))
                || (value.has("aggregate_type") && value.has("type"))
                || (value.has("tableChanges") && value.has("ddl"));
    }

    private Kind message(JsonMembers value) {
        var source = value.object("source");
        var content = value.object("message").string("content");
        return answer.message(decoded(content), source.number("lsn", Lsn.NONE), micros(source), micros(value));
    }

    /** A message's bytes, which Debezium writes in base64 or in hexadecimal. */
    private static String decoded(String content) {
        try {
            boolean hex = content.length() % 2 == 0 && content.chars().allMatch(c -> Character.digit(c, 16) >= 0);
            var bytes =
                    hex ? HexFormat.of().parseHex(content) : Base64.getDecoder().decode(content);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException plain) {
            return content;
        }
    }

    private static long micros(JsonMembers members) {
        return members.hasValue("ts_us") ? members.number("ts_us") : members.number("ts_ms", 0) * 1000;
    }

    private Kind envelope(byte[] key, JsonMembers value) {
        var source = value.isObject("source") ? value.object("source") : null;
        var table = source != null && source.hasValue("schema") && source.hasValue("table")
                ? new TableId(source.string("schema"), source.string("table"))
                : topicTable();
        long lsn = source == null ? Lsn.NONE : source.number("lsn", Lsn.NONE);
        long captured = micros(value);
        long committed = source == null || micros(source) == 0 ? captured : micros(source);
        var position = source != null && source.hasValue("txId")
                ? answer.transaction(source.number("txId") & 0xFFFF_FFFFL, committed)
                : answer.unknown(committed);
        var op = value.string("op");
        if ((op.equals("t") || op.equals("d")) && value.hasValue("after")) {
            throw new MalformedRecordException("its operation is '" + op + "', but it has a row");
        }
        switch (op) {
            case "t" -> {
                return answer.change(Kind.CHANGE, ChangeEvent.truncate(table, lsn, position), null, captured);
            }
            case "d" -> {
                return delete(require(key, "a deletion in " + table), table, lsn, position, captured);
            }
            case "c", "u", "r" -> {
                var operation = op.equals("c") ? Operation.CREATE : op.equals("u") ? Operation.UPDATE : Operation.READ;
                envelopeSeen = true;
                return row(
                        require(key, "a change of " + table),
                        value.object("after"),
                        value.object("after").names(),
                        table,
                        operation,
                        lsn,
                        operation == Operation.READ ? answer.snapshot(committed) : position,
                        captured);
            }
            default ->
                throw new MalformedRecordException(
                        "its operation is '" + shown(op) + "', which is none of c, u, d, r, t and m");
        }
    }

    private TableId topicTable() {
        if (topicTable == null) {
            throw new MalformedRecordException("neither the record nor its topic says which table it is of");
        }
        return topicTable;
    }

    /** A row without an envelope: what is not a column begins with two underscores. */
    private Kind flat(byte[] key, JsonMembers value) {
        var keyMembers = unwrapped(key);
        for (var name : keyMembers.names()) {
            if (!value.hasValue(name)) {
                throw new MalformedRecordException("it is neither an envelope nor a row: it has no column " + name
                        + " of its key, but " + shown(value.names().toString()));
            }
        }
        var columns =
                value.names().stream().filter(name -> !name.startsWith(ADDED)).toList();
        boolean told = columns.size() < value.names().size();
        var table = told && value.isString("__schema") && value.isString("__table")
                ? new TableId(value.string("__schema"), value.string("__table"))
                : topicTable();
        var before = known.get(table);
        if (envelopeSeen && !told && before != null && !before.columns.equals(columns)) {
            throw new MalformedRecordException(
                    "it is no envelope as the records before it, and has other columns: " + shown(columns.toString()));
        }
        long lsn = first(value, "__lsn", "__source_lsn");
        long committed = millis(value);
        var position = first(value, "__txId", "__source_txId") == 0
                ? answer.unknown(committed)
                : answer.transaction(first(value, "__txId", "__source_txId") & 0xFFFF_FFFFL, committed);
        if (isDeleted(value)) {
            return delete(key, table, lsn, position, 0);
        }
        var kind = row(key, value, columns, table, flatOperation(value), lsn, position, 0);
        flatSeen = true;
        return kind;
    }

    private static long first(JsonMembers value, String name, String otherName) {
        return value.hasValue(name) ? value.number(name) : value.number(otherName, 0);
    }

    private static long millis(JsonMembers value) {
        for (var name : List.of("__source_ts_us", "__ts_us")) {
            if (value.hasValue(name)) {
                return value.number(name);
            }
        }
        return first(value, "__source_ts_ms", "__ts_ms") * 1000;
    }

    private static boolean isDeleted(JsonMembers value) {
        boolean flagged = value.hasValue("__deleted")
                && value.raw("__deleted").replace("\"", "").equals("true");
        return flagged || (value.isString("__op") && value.string("__op").equals("d"));
    }

    private static Operation flatOperation(JsonMembers value) {
        return switch (value.isString("__op") ? value.string("__op") : "") {
            case "c" -> Operation.CREATE;
            case "r" -> Operation.READ;
            default -> Operation.UPDATE;
        };
    }

    private Kind row(
            byte[] key,
            JsonMembers after,
            List<String> columns,
            TableId table,
            Operation operation,
            long lsn,
            SourcePosition position,
            long captured) {
        var keyMembers = unwrapped(key);
        var layout = learn(table, columns, keyMembers);
        var shape = layout.seen.shape();
        writer.begin();
        for (var name : shape.columns()) {
            add(after, name);
        }
        var row = writer.row(shape);
        for (int i = 0; i < shape.keySize(); i++) {
            if (!row.at(shape.keyColumn(i)).hasText()) {
                throw new MalformedRecordException(
                        "its key column " + shape.columns().get(shape.keyColumn(i)) + " has no value");
            }
        }
        var event = ChangeEvent.of(operation, layout.seen.keys().of(keyRow(keyMembers, layout)), row, lsn, position);
        return answer.change(Kind.CHANGE, event, layout.seen, captured);
    }

    private Kind delete(byte[] key, TableId table, long lsn, SourcePosition position, long captured) {
        var keyMembers = unwrapped(key);
        var before = known.get(table);
        var layout = before != null && before.key.equals(keyMembers.names())
                ? before
                : known(table, keyMembers.names(), keyMembers);
        var row = keyRow(keyMembers, layout);
        var event = ChangeEvent.of(Operation.DELETE, layout.seen.keys().of(row), row, lsn, position);
        return answer.change(Kind.CHANGE, event, null, captured);
    }

    /** Reads a record without a value: of the table that the topic's name or an earlier record of the same key names. */
    Kind tombstone(byte[] key) {
        var members = unwrapped(key);
        var table = topicTable;
        for (var candidate : known.entrySet()) {
            if (candidate.getValue().key.equals(members.names())) {
                table = candidate.getKey();
            }
        }
        if (table == null) {
            return answer.nothing();
        }
        delete(key, table, Lsn.NONE, answer.unknown(0), 0);
        return answer.change(Kind.TOMBSTONE, answer.event(), null, 0);
    }

    /** A record's key as an object, taken out of its schema. */
    private static JsonMembers unwrapped(byte[] key) {
        var members = JsonMembers.of("the key", key);
        var inner = members.has("payload")
                        && members.has("schema")
                        && members.names().size() == 2
                ? members.object("payload")
                : members;
        if (inner.names().isEmpty()) {
            throw new MalformedRecordException("its key names no column");
        }
        return inner;
    }

    private Known learn(TableId table, List<String> columns, JsonMembers key) {
        var before = known.get(table);
        if (before != null && before.columns.equals(columns) && before.key.equals(key.names())) {
            return before;
        }
        for (var name : key.names()) {
            if (!columns.contains(name)) {
                throw new MalformedRecordException("its row has no column " + name + " of its key");
            }
        }
        var now = known(table, columns, key);
        known.put(table, now);
        return now;
    }

    private Known known(TableId table, List<String> columns, JsonMembers key) {
        var names = key.names();
        Collection<String> absent = leftOut.containsKey(table) ? leftOut.get(table) : List.of();
        var held = columns.stream()
                .filter(column -> names.contains(column) || !absent.contains(column))
                .toList();
        var shape =
                new RowShape(table, held, names.stream().mapToInt(held::indexOf).toArray());
        var types = names.stream().map(name -> OwnFormat.inferred(key, name)).toList();
        return new Known(columns, names, new Seen(shape, new KeyReader(types), true), shape.keyOnly());
    }

    private Row keyRow(JsonMembers key, Known table) {
        writer.begin();
        for (var name : table.keyShape.columns()) {
            if (!key.hasValue(name)) {
                throw new MalformedRecordException("its key has no " + name);
            }
            add(key, name);
        }
        return writer.row(table.keyShape);
    }

    private void add(JsonMembers members, String name) {
        if (!members.hasValue(name)) {
            writer.addNull();
            return;
        }
        var text = new ByteSink();
        members.appendCompact(name, text);
        if (text.size() < 100 && UNAVAILABLE.contains(text.toString())) {
            writer.addUnavailable();
        } else {
            writer.add(text.array(), 0, text.size());
        }
    }

    private static String shown(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    }
}
