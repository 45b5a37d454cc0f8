package localcdc.common;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.Row;
import localcdc.core.event.RowShape;
import localcdc.core.event.RowWriter;
import localcdc.core.event.SourcePosition;
import localcdc.core.event.TableId;
import localcdc.core.source.ChangeHandler;
import localcdc.core.source.ChangeSource;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;
import localcdc.core.source.SourceStatus;

/** A source that a test drives by hand: rows, changes, markers and states, one thread at a time. */
public final class TestSource implements ChangeSource {

    private volatile ChangeHandler handler;
    private volatile SourceException refusal;
    private volatile Set<TableId> schemaChanged = Set.of();
    private volatile boolean stopped;
    private long lsn = 1000;

    @Override
    public List<String> stages() {
        return List.of("commitToCaptured", "capturedToApplied");
    }

    @Override
    public void start(ChangeHandler given) throws SourceException {
        if (refusal != null) {
            throw refusal;
        }
        handler = given;
    }

    @Override
    public SourceStatus status() {
        var details = new LinkedHashMap<String, Object>();
        details.put("slot", "test");
        details.put("slotRetainedBytes", 4096L);
        return new SourceStatus(42L, 0.5, schemaChanged, details);
    }

    @Override
    public void stop(Duration grace) {
        stopped = true;
    }

    public boolean isStarted() {
        return handler != null;
    }

    public boolean isStopped() {
        return stopped;
    }

    public ChangeHandler handler() {
        return handler;
    }

    /** Makes the start fail. */
    public void refuse(SourceException with) {
        refusal = with;
    }

    public void schemaChanged(Set<TableId> tables) {
        schemaChanged = tables;
    }

    /** Reads the snapshot: these rows and no others are in the tables; then the source streams and has caught up. */
    public void snapshot(Map<RowShape, List<List<String>>> tables) {
        handler.state(SourceState.SNAPSHOT, "reading");
        var rebuild = handler.beginRebuild(
                tables.keySet().stream().map(RowShape::table).toList());
        var position = SourcePosition.ofSnapshot(1_700_000_000_000_000L);
        tables.forEach((shape, rows) -> rows.forEach(values -> {
            var row = row(shape, values);
            rebuild.put(key(row), row, 500, position);
        }));
        rebuild.complete();
        handler.state(SourceState.STREAMING, "the snapshot is whole");
        handler.caughtUp();
    }

    /** Applies one change of a transaction; an update when there may be such a row, else a create, as {@code op} says. */
    public void change(Operation op, RowShape shape, long txId, String... values) {
        var row = row(shape, List.of(values));
        apply(ChangeEvent.of(op, key(row), row, ++lsn, position(txId)));
        handler.reached(lsn);
    }

    public void delete(RowShape shape, long txId, String... key) {
        var row = row(shape.keyOnly(), List.of(key));
        apply(ChangeEvent.of(Operation.DELETE, key(row), row, ++lsn, position(txId)));
        handler.reached(lsn);
    }

    public void truncate(RowShape shape, long txId) {
        apply(ChangeEvent.truncate(shape.table(), ++lsn, position(txId)));
        handler.reached(lsn);
    }

    private void apply(ChangeEvent event) {
        handler.apply(event, new long[] {event.position().commitMicros() + 1000});
    }

    private static SourcePosition position(long txId) {
        return SourcePosition.ofTransaction(txId, System.currentTimeMillis() * 1000);
    }

    /** A row of JSON texts; {@code null} is SQL NULL, {@code ?} a value that is not known. */
    public static Row row(RowShape shape, List<String> values) {
        var writer = new RowWriter().begin();
        for (var value : values) {
            if (value.equals("?")) {
                writer.addUnavailable();
            } else if (value.equals("null")) {
                writer.addNull();
            } else {
                writer.add(value);
            }
        }
        return writer.row(shape);
    }

    static PrimaryKey key(Row row) {
        var fragments = new java.util.ArrayList<String>();
        for (int i = 0; i < row.shape().keySize(); i++) {
            fragments.add(row.json(row.shape().keyColumn(i)));
        }
        return new TestKeys().ofFragments(row.shape().table(), fragments);
    }
}
