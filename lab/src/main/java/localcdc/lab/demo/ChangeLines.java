package localcdc.lab.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Operation;
import localcdc.core.event.Row;
import localcdc.core.index.ChangeListener;
import localcdc.core.index.LatestState;

/** The last few changes. The writer only stores references; the texts are made by whoever asks. Any thread may ask. */
final class ChangeLines implements ChangeListener {

    private static final int KEPT = 8;

    private final AtomicReferenceArray<Change> ring = new AtomicReferenceArray<>(KEPT);
    private long number;

    private record Change(long number, ChangeEvent event, LatestState before, LatestState after) {}

    /**
     * One change as text.
     *
     * @param what the columns that changed, for an update
     */
    record Line(String operation, String table, String key, String what) {}

    @Override
    public void changed(ChangeEvent event, LatestState before, LatestState after) {
        ring.set((int) (number % KEPT), new Change(number, event, before, after));
        number++;
    }

    /** The newest first, at most so many. */
    List<Line> newest(int limit) {
        var changes = new ArrayList<Change>();
        for (int i = 0; i < KEPT; i++) {
            var change = ring.get(i);
            if (change != null) {
                changes.add(change);
            }
        }
        changes.sort((a, b) -> Long.compare(b.number(), a.number()));
        return changes.stream().limit(limit).map(ChangeLines::line).toList();
    }

    private static Line line(Change change) {
        var event = change.event();
        return new Line(
                event.operation().label(),
                event.table().toString(),
                event.row() == null ? "" : key(event.row()),
                event.operation() == Operation.UPDATE ? what(change) : "");
    }

    /** A row's key as JSON. */
    static String key(Row row) {
        var bytes = new ByteArrayOutputStream();
        try {
            row.writeKeyJson(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot be written to", e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String what(Change change) {
        if (change.before() == null || change.after() == null) {
            return "";
        }
        var columns = String.join(
                ", ", changedColumns(change.before().row(), change.after().row()));
        var previous = change.event().previousKey();
        return previous == null ? columns : "was " + previous + "; " + columns;
    }

    /** The names of the columns whose texts differ; all of them when the table's shape has changed in between. */
    static List<String> changedColumns(Row before, Row after) {
        var columns = after.shape().columns();
        if (!before.shape().equals(after.shape())) {
            return columns;
        }
        var changed = new ArrayList<String>();
        for (int i = 0; i < columns.size(); i++) {
            if (!java.util.Objects.equals(before.json(i), after.json(i))) {
                changed.add(columns.get(i));
            }
        }
        return changed;
    }
}
