package localcdc.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import localcdc.core.source.ChangeHandler;
import localcdc.core.source.SourceException;
import localcdc.embedded.server.CapturedTable;
import localcdc.embedded.server.CatalogSignature;
import localcdc.embedded.server.OpenTransactions;
import localcdc.embedded.server.Selection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a slot with its snapshot and reads the tables under it. For one thread; {@link #cancel} may come from another.
 */
final class GenerationBuilder {

    private static final Logger LOG = LoggerFactory.getLogger(GenerationBuilder.class);
    private static final long BLOCKERS_NAMED_AFTER_S = 5;

    private final EmbeddedSettings settings;
    private final ControlSession control;
    private final SourceFacts facts;
    private final ChangeHandler handler;
    private volatile ExportedSlot creating;
    private volatile SnapshotReader reading;
    private volatile boolean cancelled;

    GenerationBuilder(EmbeddedSettings settings, ControlSession control, SourceFacts facts, ChangeHandler handler) {
        this.settings = settings;
        this.control = control;
        this.facts = facts;
        this.handler = handler;
    }

    /** Ends a build that waits or reads; {@link #build} then throws. Any thread. */
    void cancel() {
        cancelled = true;
        var slot = creating;
        if (slot != null) {
            try {
                slot.cancel();
            } catch (SQLException e) {
                LOG.debug("cancelling the slot's creation", e);
            }
        }
        var reader = reading;
        if (reader != null) {
            reader.cancel();
        }
    }

    /**
     * Builds a generation and completes the map with it.
     *
     * @return nothing when a definition changed meanwhile, so that the selection is out of date
     * @throws SQLException also when it was cancelled
     */
    Optional<Generation> build(String slot, String publication, Selection selection)
            throws SQLException, SourceException, InterruptedException {
        control.dropSlot(slot);
        try (var exported = ExportedSlot.connect(settings.postgres())) {
            String identity = exported.identity();
            create(exported, slot);
            return Optional.ofNullable(read(exported, identity, slot, publication, selection));
        }
    }

    private void create(ExportedSlot exported, String slot) throws SQLException, InterruptedException {
        ScheduledExecutorService watch =
                Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "slot-creation-watch"));
        creating = exported;
        var naming = watch.scheduleWithFixedDelay(this::nameBlockers, BLOCKERS_NAMED_AFTER_S, 10, TimeUnit.SECONDS);
        try {
            if (cancelled) {
                throw new SQLException("cancelled before the slot was made", "57014");
            }
            exported.create(slot);
            facts.slotWasMade();
        } finally {
            creating = null;
            naming.cancel(true);
            watch.shutdownNow();
            watch.awaitTermination(5, TimeUnit.SECONDS);
        }
        LOG.info("Slot {} begins at {}.", slot, localcdc.core.event.Lsn.format(exported.consistentPoint()));
    }

    private void nameBlockers() {
        try (var connection = settings.postgres().open("localcdc watch")) {
            nameCommitsThatWaitForUs(connection);
            for (var transaction : OpenTransactions.list(connection)) {
                LOG.warn("The start waits for an open transaction to end: {}", transaction);
            }
        } catch (SQLException | SourceException e) {
            LOG.warn("The start waits for open transactions to end; which ones could not be read: {}", e.getMessage());
        }
    }

    /** Commits that wait for the map hold up the slot, which the map needs: nobody would ever go on. */
    private static void nameCommitsThatWaitForUs(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        SELECT count(*), pg_catalog.current_setting('synchronous_standby_names')
                        FROM pg_catalog.pg_stat_activity WHERE wait_event = 'SyncRep'""")) {
            rows.next();
            if (rows.getLong(1) > 0) {
                LOG.warn(
                        "{} commits wait for a synchronous standby (synchronous_standby_names = '{}'), and the start waits for"
                                + " them. Let them go: ALTER SYSTEM RESET synchronous_standby_names; SELECT pg_reload_conf();",
                        rows.getLong(1),
                        rows.getString(2));
            }
        }
    }

    /** Reads the tables; null when a definition changed meanwhile, so that what was read cannot be trusted. */
    private Generation read(
            ExportedSlot exported, String identity, String slot, String publication, Selection selection)
            throws SQLException, SourceException, InterruptedException {
        var postgres = settings.postgres();
        var tables = selection.tables();
        try (var first = SnapshotReader.open(postgres, exported.snapshot())) {
            // From here to the end of the reading no definition can change. A change that slipped in between the
            // snapshot and the lock would make old rows unreadable or invisible: it shows in the signatures.
            SnapshotReader.lock(first, tables);
            if (changedSince(tables)) {
                return null;
            }
            var shapes = CapturedShape.read(first, tables);
            long estimate =
                    tables.stream().mapToLong(CapturedTable::estimatedRows).sum();
            var rebuild =
                    handler.beginRebuild(tables.stream().map(CapturedTable::id).toList());
            var reader = new SnapshotReader(postgres, exported.snapshot(), readers());
            reading = reader;
            long began = System.nanoTime();
            var progress = new SnapshotProgress(reader, estimate, facts);
            try {
                if (cancelled) {
                    reader.cancel();
                }
                reader.readInto(rebuild, shapes, exported.consistentPoint(), first);
            } finally {
                reading = null;
                progress.close();
            }
            if (cancelled) {
                throw new SQLException("cancelled while the tables were read", "57014");
            }
            facts.snapshot(reader.rows(), estimate);
            rebuild.complete();
            handler.reached(exported.consistentPoint());
            double seconds = (System.nanoTime() - began) / 1e9;
            LOG.info(
                    "Snapshot read: {} rows of {} tables in {} s.",
                    reader.rows(),
                    tables.size(),
                    String.format(java.util.Locale.ROOT, "%.1f", seconds));
            return new Generation(slot, publication, identity, selection, shapes, exported.consistentPoint());
        }
    }

    private static int readers() {
        return Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
    }

    private boolean changedSince(List<CapturedTable> tables) throws SQLException {
        var now = CatalogSignature.read(
                control.connection(), tables.stream().map(CapturedTable::oid).toList());
        for (var table : tables) {
            var change = CatalogSignature.describeChange(table.signature(), now.get(table.oid()));
            if (change.isPresent()) {
                LOG.info("{}: {}", table.id(), change.get());
                return true;
            }
        }
        return false;
    }
}
