package localcdc.embedded;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import localcdc.core.event.TableId;
import localcdc.core.source.SourceStatus;
import localcdc.embedded.server.Engine;

/** What the source knows of itself: written by its threads, read by anyone. */
final class SourceFacts {

    private final Engine engine;
    private final Set<TableId> schemaChanged = new ConcurrentSkipListSet<>();
    private volatile Generation generation;
    private volatile Map<TableId, CapturedShape> captured = Map.of();
    private volatile boolean slotMade;
    private volatile Long lagBytes;
    private volatile long heartbeatNanos;
    private volatile long clockOffsetMicros;
    private volatile long retainedBytes;
    private volatile long reached;
    private volatile String walStatus = "";
    private final SlotForecast forecast = new SlotForecast();
    private volatile long snapshotRows;
    private volatile long snapshotEstimate;
    private final AtomicLong recoveries = new AtomicLong();
    private final AtomicLong rebuilds = new AtomicLong();
    private volatile List<String> newTables = List.of();
    private volatile Map<TableId, String> missing = Map.of();

    SourceFacts(Engine engine) {
        this.engine = engine;
    }

    Generation generation() {
        return generation;
    }

    boolean slotMade() {
        return slotMade;
    }

    void slotWasMade() {
        slotMade = true;
    }

    synchronized void generation(Generation next, long offsetMicros) {
        if (generation != null) {
            rebuilds.incrementAndGet();
        }
        captured = next.byName();
        reached = next.consistentPoint();
        generation = next;
        clockOffsetMicros = offsetMicros;
        schemaChanged.clear();
    }

    Map<TableId, CapturedShape> captured() {
        return captured;
    }

    void schemaChanged(TableId table) {
        schemaChanged.add(table);
    }

    void recovering() {
        recoveries.incrementAndGet();
    }

    /** Everything committed before {@code lsn} is applied; whether that is further than ever before. */
    synchronized boolean reached(long lsn) {
        if (Long.compareUnsigned(lsn, reached) <= 0) {
            return false;
        }
        reached = lsn;
        return true;
    }

    long reached() {
        return reached;
    }

    void heartbeat() {
        heartbeatNanos = System.nanoTime();
    }

    void clockOffset(long micros) {
        clockOffsetMicros = micros;
    }

    void slot(ControlSession.SlotView view) {
        retainedBytes = view.retainedBytes();
        forecast.look(System.nanoTime(), view.retainedBytes(), view.safeBytes());
        walStatus = view.walStatus();
        lagBytes = Math.max(0, view.logEnd() - reached);
    }

    void snapshot(long rows, long estimate) {
        snapshotRows = rows;
        snapshotEstimate = estimate;
    }

    Map<TableId, String> missing() {
        return missing;
    }

    void missing(Map<TableId, String> tables) {
        missing = Collections.unmodifiableMap(tables);
    }

    List<String> newTables() {
        return newTables;
    }

    void newTables(List<String> names) {
        newTables = names;
    }

    SourceStatus status() {
        var details = new LinkedHashMap<String, Object>();
        var current = generation;
        details.put("engine", engine.toString());
        details.put("slot", current == null ? null : current.slot());
        details.put("publication", current == null ? null : current.publication());
        details.put("slotRetainedBytes", retainedBytes);
        details.put("slotWalStatus", walStatus);
        details.put("slotDangerBytes", forecast.dangerBytes());
        details.put("slotSecondsLeft", forecast.secondsLeft());
        details.put("clockOffsetMillis", clockOffsetMicros / 1000.0);
        details.put("snapshotRows", snapshotRows);
        details.put("snapshotRowsEstimated", Math.max(snapshotRows, snapshotEstimate));
        details.put("recoveries", recoveries.get());
        details.put("rebuilds", rebuilds.get());
        details.put("newTables", newTables);
        details.put(
                "missingTables",
                missing.keySet().stream().map(TableId::toString).toList());
        details.put(
                "skippedTables",
                current == null ? List.of() : current.selection().skipped());
        Double age = heartbeatNanos == 0 ? null : (System.nanoTime() - heartbeatNanos) / 1e9;
        return new SourceStatus(lagBytes, age, Set.copyOf(schemaChanged), details);
    }
}
