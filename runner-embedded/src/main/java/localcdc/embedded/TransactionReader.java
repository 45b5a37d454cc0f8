package localcdc.embedded;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.Row;
import localcdc.core.event.RowWriter;
import localcdc.core.event.SourcePosition;
import localcdc.core.value.ByteSink;
import localcdc.core.value.CanonicalJson;
import localcdc.core.value.MalformedValueException;
import localcdc.embedded.pgoutput.PgOutputHandler;
import localcdc.embedded.pgoutput.PgRelation;
import localcdc.embedded.pgoutput.Tuple;

/**
 * Turns what the decoder reads into change events, whole transactions at a time. Those that were applied before the stream
 * was cut come again and are skipped. For one thread.
 */
final class TransactionReader implements PgOutputHandler {

    private final Map<Integer, CapturedShape> tables = new HashMap<>();
    private final Map<Integer, Plan> plans = new HashMap<>();
    private final ChangeReceiver receiver;
    private final Runnable meanwhile;
    private final RowWriter writer = new RowWriter();
    private final ByteSink json = new ByteSink(256);
    private final List<Message> messages = new ArrayList<>();
    private long applied;
    private volatile boolean applying;
    private long lsn;
    private SourcePosition position;
    private boolean skipping;
    private int latestOid;
    private Plan latestPlan;

    /** A logical message that waits for the end of its transaction. */
    private record Message(String content, long lsn) {}

    /** How a captured table's rows come. */
    private static final class Plan {
        final CapturedShape table;
        /** Where in a tuple each of the shape's columns stands. */
        final int[] columns;

        Plan(CapturedShape table, int[] columns) {
            this.table = table;
            this.columns = columns;
        }
    }

    /**
     * @param applied every transaction whose commit lies before this place is applied already
     * @param meanwhile called now and then while a large transaction is applied
     */
    TransactionReader(Iterable<CapturedShape> captured, long applied, ChangeReceiver receiver, Runnable meanwhile) {
        captured.forEach(table -> tables.put((int) table.table().oid(), table));
        this.applied = applied;
        this.receiver = receiver;
        this.meanwhile = meanwhile;
    }

    /** The place behind the last commit that was applied. */
    long applied() {
        return applied;
    }

    /** Whether a transaction is being put into the map just now. Any thread. */
    boolean isApplying() {
        return applying;
    }

    /** Says where in the log the message stands that the decoder is about to read. */
    void at(long place) {
        lsn = place;
    }

    @Override
    public void begin(long commitLsn, long commitMicros, long txId) {
        skipping = Long.compareUnsigned(commitLsn, applied) < 0;
        position = SourcePosition.ofTransaction(txId, commitMicros);
    }

    @Override
    public void commit(long endLsn) {
        if (skipping) {
            return;
        }
        long capturedMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        applying = true;
        receiver.commit(capturedMicros, endLsn, meanwhile);
        applying = false;
        applied = endLsn;
        messages.forEach(message -> receiver.message(message.content, message.lsn));
        messages.clear();
    }

    @Override
    public void relation(PgRelation relation) {
        latestOid = 0;
        var table = tables.get(relation.oid());
        if (table != null) {
            plans.put(relation.oid(), plan(table, relation));
        }
    }

    /** How rows of this description are read; one that is not the table's own ends the stream before the first of them. */
    private Plan plan(CapturedShape table, PgRelation relation) {
        var captured = table.table().columns();
        var columns = new int[captured.size()];
        int next = 0;
        for (int i = 0; i < relation.columns().size(); i++) {
            var column = relation.columns().get(i);
            if (table.table().leftOut().contains(column.name())) {
                continue;
            }
            if (next == columns.length
                    || !captured.get(next).name().equals(column.name())
                    || (int) captured.get(next).typeOid() != column.typeOid()) {
                throw changed(table, relation);
            }
            columns[next++] = i;
        }
        if (next < columns.length) {
            throw changed(table, relation);
        }
        return new Plan(table, columns);
    }

    private static DefinitionChangedException changed(CapturedShape table, PgRelation relation) {
        return new DefinitionChangedException(
                table.table().id(),
                "rows come with the columns "
                        + relation.columns().stream()
                                .map(PgRelation.Column::name)
                                .toList());
    }

    /** The plan for a table's rows; null where they are not wanted. */
    private Plan planOf(PgRelation relation) {
        if (skipping) {
            return null;
        }
        if (relation.oid() != latestOid) {
            latestOid = relation.oid();
            latestPlan = plans.get(latestOid);
        }
        return latestPlan;
    }

    @Override
    public void insert(PgRelation relation, Tuple tuple) {
        var plan = planOf(relation);
        if (plan != null) {
            var row = row(plan, tuple);
            collect(Operation.CREATE, plan, plan.table.keys().of(row), row, null);
        }
    }

    @Override
    public void update(PgRelation relation, Tuple old, Tuple tuple) {
        var plan = planOf(relation);
        if (plan != null) {
            PrimaryKey previousKey = null;
            if (old != null) {
                previousKey = plan.table.keys().of(keyRow(plan, old));
                // A large key that was not changed is in the old row alone.
                keepKey(plan, old, tuple);
            }
            var row = row(plan, tuple);
            var key = plan.table.keys().of(row);
            collect(Operation.UPDATE, plan, key, row, key.equals(previousKey) ? null : previousKey);
        }
    }

    @Override
    public void delete(PgRelation relation, Tuple old) {
        var plan = planOf(relation);
        if (plan != null) {
            var row = keyRow(plan, old);
            collect(Operation.DELETE, plan, plan.table.keys().of(row), row, null);
        }
    }

    private void collect(Operation operation, Plan plan, PrimaryKey key, Row row, PrimaryKey previousKey) {
        receiver.collect(new ChangeEvent(operation, plan.table.table().id(), key, row, previousKey, lsn, position));
    }

    @Override
    public void truncate(PgRelation relation) {
        var plan = planOf(relation);
        if (plan != null) {
            receiver.collect(ChangeEvent.truncate(plan.table.table().id(), lsn, position));
        }
    }

    @Override
    public void message(boolean transactional, long place, String prefix, byte[] message, int from, int length) {
        if (!prefix.equals(EngineSettings.MESSAGE_PREFIX) || (transactional && skipping)) {
            return;
        }
        var ours = new Message(new String(message, from, length, StandardCharsets.UTF_8), place);
        if (transactional) {
            messages.add(ours);
        } else {
            receiver.message(ours.content, ours.lsn);
        }
    }

    private static void keepKey(Plan plan, Tuple old, Tuple tuple) {
        var shape = plan.table.shape();
        for (int i = 0; i < shape.keySize(); i++) {
            int at = plan.columns[shape.keyColumn(i)];
            if (tuple.isUnchanged(at)) {
                tuple.copyFrom(old, at);
            }
        }
    }

    private Row row(Plan plan, Tuple tuple) {
        writer.begin();
        for (int i = 0; i < plan.columns.length; i++) {
            add(plan, i, tuple);
        }
        return writer.row(plan.table.shape());
    }

    private Row keyRow(Plan plan, Tuple tuple) {
        var shape = plan.table.shape();
        writer.begin();
        for (int i = 0; i < shape.keySize(); i++) {
            add(plan, shape.keyColumn(i), tuple);
        }
        return writer.row(plan.table.keyShape());
    }

    private void add(Plan plan, int column, Tuple tuple) {
        int at = plan.columns[column];
        if (tuple.isNull(at)) {
            writer.addNull();
        } else if (tuple.isUnchanged(at)) {
            writer.addUnavailable();
        } else {
            json.clear();
            var type = plan.table.columns().get(column).type();
            try {
                CanonicalJson.append(type, tuple.bytes(), tuple.start(at), tuple.length(at), json);
            } catch (MalformedValueException e) {
                throw new MalformedValueException(place(plan, column, tuple) + ": " + e.getMessage(), e);
            }
            writer.add(json.array(), 0, json.size());
        }
    }

    /** Which value of which row, for a message. */
    private static String place(Plan plan, int column, Tuple tuple) {
        var shape = plan.table.shape();
        var key = new StringJoiner(",", "(", ")");
        for (int i = 0; i < shape.keySize(); i++) {
            int at = plan.columns[shape.keyColumn(i)];
            key.add(new String(tuple.bytes(), tuple.start(at), Math.max(0, tuple.length(at)), StandardCharsets.UTF_8));
        }
        return shape.table() + ", key " + key + ", column " + shape.columns().get(column);
    }
}
