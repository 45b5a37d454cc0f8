package localcdc.embedded;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.Row;
import localcdc.core.event.RowShape;
import localcdc.core.event.RowWriter;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Turns the engine's records into change events, straight from Connect's Structs. Every column's value is a string: its
 * canonical JSON text, which {@link localcdc.connect.CanonicalConverter} has made. For one thread.
 */
final class StructDecoder {

    private static final String UNAVAILABLE = localcdc.connect.CanonicalConverter.UNAVAILABLE;
    private static final String OLD_KEY_HEADER = "__debezium.oldkey";
    private static final String NEW_KEY_HEADER = "__debezium.newkey";

    /** What one record says. */
    sealed interface Decoded {}

    /** A change of a captured table. */
    record Change(ChangeEvent event) implements Decoded {}

    /** A logical message: somebody's marker or a heartbeat. */
    record Message(String content, long lsn) implements Decoded {}

    /** A record that says nothing of its own: a tombstone, or the first half of a key change. */
    record Nothing() implements Decoded {}

    private static final Nothing NOTHING = new Nothing();

    private final Map<TableId, CapturedShape> tables = new HashMap<>();
    private final IdentityHashMap<Schema, Plan> plans = new IdentityHashMap<>();
    private final RowWriter writer = new RowWriter();
    private SourcePosition transaction = SourcePosition.ofTransaction(0, 0);
    private long previousCommit;
    private long capturedMicros;
    private boolean newShapeSeen;

    StructDecoder(Iterable<CapturedShape> captured) {
        captured.forEach(table -> tables.put(table.table().id(), table));
    }

    /** Everything committed up to this place comes before the record that was decoded last. */
    long previousCommit() {
        return previousCommit;
    }

    /** When the engine had read the change that was decoded last, microseconds since 1970; 0 where it does not say. */
    long capturedMicros() {
        return capturedMicros;
    }

    /** Whether a record had other columns than its table had when it was read; asking forgets it. */
    boolean takeNewShapeSeen() {
        boolean seen = newShapeSeen;
        newShapeSeen = false;
        return seen;
    }

    Decoded decode(SourceRecord sourceRecord) {
        if (!(sourceRecord.value() instanceof Struct value)) {
            return NOTHING;
        }
        var plan = plans.get(value.schema());
        if (plan == null) {
            plan = new Plan(value.schema());
            plans.put(value.schema(), plan);
        }
        var source = value.getStruct("source");
        long lsn = source.getInt64("lsn");
        if (plan.operation == null) {
            return NOTHING;
        }
        String operation = (String) value.get(plan.operation);
        if (operation.equals("m")) {
            return message(value, lsn);
        }
        capturedMicros = plan.capturedMicros(value);
        var position = position(sourceRecord, source);
        if (plan.captured == null) {
            plan.captured = captured(source);
        }
        return switch (operation) {
            case "t" -> new Change(ChangeEvent.truncate(plan.captured.table().id(), lsn, position));
            case "d" -> delete(sourceRecord, plan, lsn, position);
            case "c", "u", "r" -> upsert(sourceRecord, value, plan, operation, lsn, position);
            default ->
                throw new IllegalStateException("The engine delivered an unknown operation '" + operation + "' for "
                        + plan.captured.table().id());
        };
    }

    private CapturedShape captured(Struct source) {
        var table = new TableId(source.getString("schema"), source.getString("table"));
        var captured = tables.get(table);
        if (captured == null) {
            throw new IllegalStateException("The engine delivered a change of " + table + ", which is not captured");
        }
        return captured;
    }

    private Decoded upsert(
            SourceRecord sourceRecord, Struct value, Plan plan, String operation, long lsn, SourcePosition position) {
        var after = (Struct) value.get(plan.after);
        if (plan.shape == null) {
            plan.learn(after.schema());
            newShapeSeen |= !plan.shape.equals(plan.captured.shape());
        }
        writer.begin();
        for (String column : plan.shape.columns()) {
            // getWithoutDefault: get() would answer a NULL by the column's default.
            add((String) after.getWithoutDefault(column));
        }
        var row = writer.row(plan.shape);
        var key = plan.captured.keys().of(row);
        var previousKey = previousKey(sourceRecord, plan.captured);
        var kind = operation.equals("u") ? Operation.UPDATE : Operation.CREATE;
        return new Change(new ChangeEvent(kind, plan.shape.table(), key, row, previousKey, lsn, position));
    }

    private void add(String json) {
        if (json == null) {
            writer.addNull();
        } else if (json.equals(UNAVAILABLE)) {
            writer.addUnavailable();
        } else {
            writer.add(json);
        }
    }

    private PrimaryKey previousKey(SourceRecord sourceRecord, CapturedShape captured) {
        var header = sourceRecord.headers().lastWithName(OLD_KEY_HEADER);
        return header == null ? null : captured.keys().of(keyRow((Struct) header.value(), captured));
    }

    private Decoded delete(SourceRecord sourceRecord, Plan plan, long lsn, SourcePosition position) {
        if (sourceRecord.headers().lastWithName(NEW_KEY_HEADER) != null) {
            // The row goes on under another key: the event that follows takes the old one away.
            return NOTHING;
        }
        var row = keyRow((Struct) sourceRecord.key(), plan.captured);
        return new Change(ChangeEvent.of(Operation.DELETE, plan.captured.keys().of(row), row, lsn, position));
    }

    private Row keyRow(Struct key, CapturedShape captured) {
        var shape = captured.keyShape();
        writer.begin();
        for (String column : shape.columns()) {
            add((String) key.getWithoutDefault(column));
        }
        return writer.row(shape);
    }

    private Decoded message(Struct value, long lsn) {
        Object content = value.getStruct("message").get("content");
        byte[] bytes;
        if (content instanceof java.nio.ByteBuffer buffer) {
            bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
        } else if (content instanceof byte[] array) {
            bytes = array;
        } else {
            throw new IllegalStateException("The engine delivered a message's content as " + content.getClass());
        }
        return new Message(new String(bytes, java.nio.charset.StandardCharsets.UTF_8), lsn);
    }

    private SourcePosition position(SourceRecord sourceRecord, Struct source) {
        Long txId = source.getInt64("txId");
        Long commitMicros = source.getInt64("ts_us");
        long id = txId == null ? 0 : txId & 0xFFFF_FFFFL;
        if (transaction.txId() != id || transaction.commitMicros() != commitMicros) {
            transaction = SourcePosition.ofTransaction(id, commitMicros);
            // The first transaction after a start has none.
            var commit = (Long) sourceRecord.sourceOffset().get("lsn_commit");
            previousCommit = commit == null ? 0 : commit;
        }
        return transaction;
    }

    /** How to read the records of one schema. */
    private static final class Plan {
        final Field operation;
        final Field after;
        final Field micros;
        CapturedShape captured;
        RowShape shape;

        Plan(Schema envelope) {
            operation = envelope.field("op");
            after = envelope.field("after");
            micros = envelope.field("ts_us");
        }

        long capturedMicros(Struct value) {
            return micros != null && value.get(micros) instanceof Long captured ? captured : 0;
        }

        /** The shape of the rows; the table's own object where they look as they did when it was read. */
        void learn(Schema row) {
            var names = row.fields().stream().map(Field::name).toList();
            var known = captured.shape();
            if (names.equals(known.columns())) {
                shape = known;
                return;
            }
            var keyColumns = captured.keyShape().columns();
            var key = keyColumns.stream().mapToInt(names::indexOf).toArray();
            for (int ordinal : key) {
                if (ordinal < 0) {
                    throw new IllegalStateException("A change of " + known.table() + " has the columns " + names
                            + " and lacks the key " + keyColumns);
                }
            }
            shape = new RowShape(known.table(), List.copyOf(names), key);
        }
    }
}
