package localcdc.embedded;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import localcdc.core.event.TableId;
import localcdc.core.source.ChangeHandler;
import localcdc.core.source.ChangeSource;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;
import localcdc.core.source.SourceStatus;
import localcdc.embedded.server.ClockOffset;
import localcdc.embedded.server.Doctor;
import localcdc.embedded.server.DoctorInput;
import localcdc.embedded.server.Selection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Postgres through the Debezium engine, or through the replication protocol itself: makes a publication and a slot with its exported snapshot, reads the tables
 * under that snapshot, streams from the slot, and takes both away at the end.
 *
 * <p>One thread, {@code cdc-source}, owns the course of events; the engine delivers changes on a thread of its own while
 * that one watches. A cut stream goes on from the slot: the slot delivers whole transactions again from the last
 * confirmed place, and the index ignores what it has. Where that cannot be right (the slot is gone or lost, another
 * server answers, a table's definition has changed) the map is filled anew.
 */
final class EmbeddedSource implements ChangeSource {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedSource.class);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration RETRY_NOTICE = Duration.ofSeconds(10);
    private static final int FAILURES_WITHOUT_PROGRESS = 4;
    private static final int BUILD_ATTEMPTS = 20;

    private final EmbeddedSettings settings;
    private final SourceFacts facts;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "cdc-source");
    private final OwnedSlot owned;

    private ChangeHandler handler;
    private Selection firstSelection;
    private Recapture recapture;
    private volatile GenerationBuilder builder;

    /** A source that is not started yet. */
    EmbeddedSource(EmbeddedSettings settings) {
        this.settings = settings;
        this.facts = new SourceFacts(settings.engine());
        this.owned = new OwnedSlot(settings, facts);
    }

    /** Tables of the start that cannot be captured at the moment. */
    Set<TableId> missing() {
        return facts.missing().keySet();
    }

    /** The captured tables' shapes and key types, as they are now. */
    Map<TableId, CapturedShape> captured() {
        return facts.captured();
    }

    @Override
    public List<String> stages() {
        return List.of("commitToCaptured", "capturedToApplied");
    }

    @Override
    public void start(ChangeHandler changeHandler) throws SourceException {
        handler = changeHandler;
        boolean started = false;
        try {
            openFirst();
            firstSelection = ready();
            recapture = new Recapture(firstSelection, settings.engine(), facts);
            thread.start();
            started = true;
        } finally {
            if (!started) {
                owned.close();
            }
        }
    }

    private void openFirst() throws SourceException {
        try {
            owned.open();
        } catch (SQLException e) {
            throw failed("The connection to Postgres was lost at once", e);
        }
    }

    /** Checks the server, cleans up after killed runs, and says whose slot this will be. */
    private Selection ready() throws SourceException {
        try {
            owned.sweep();
            var diagnosis = Doctor.check(
                    control().connection(),
                    new DoctorInput(
                            settings.tables(),
                            settings.leaveOut(),
                            Optional.ofNullable(settings.slot()),
                            Optional.ofNullable(settings.publication()),
                            settings.engine()));
            var selection = diagnosis.requireReady();
            diagnosis.warnings().forEach(warning -> LOG.warn("{}", warning.sentences()));
            selection.skipped().forEach(note -> LOG.info("{}", note));
            owned.own();
            return selection;
        } catch (SQLException e) {
            throw failed("The checks before the start failed", e);
        }
    }

    @Override
    public SourceStatus status() {
        return facts.status();
    }

    private void run() {
        try {
            runUntilStopped();
        } catch (SourceException e) {
            owned.remove();
            handler.failed(e);
            return;
        } catch (InterruptedException e) {
            LOG.debug("interrupted", e);
        } catch (RuntimeException | Error e) {
            LOG.error("The embedded source has a bug; it ends.", e);
            owned.remove();
            handler.failed(new SourceException("The embedded source has a bug: " + e, "", e));
            return;
        }
        owned.remove();
    }

    private void runUntilStopped() throws SourceException, InterruptedException {
        String why = "first start";
        int failures = 0;
        boolean rebuild = true;
        while (!isStopping()) {
            try {
                if (rebuild) {
                    build(why);
                    rebuild = false;
                }
                var outcome = new StreamWatch(this, facts, handler).run();
                switch (outcome.next()) {
                    case STOP -> {
                        return;
                    }
                    case REBUILD -> {
                        rebuild = true;
                        why = outcome.why();
                        handler.state(SourceState.REBUILDING, why);
                    }
                    case RESUME -> {
                        failures = outcome.progressed() ? 1 : failures + 1;
                        if (failures > FAILURES_WITHOUT_PROGRESS) {
                            throw new SourceException(
                                    "The stream ended " + failures + " times in a row without a single change: "
                                            + outcome.why(),
                                    "Look at the log of Postgres; run 'doctor'.");
                        }
                        handler.state(SourceState.RECOVERING, outcome.why());
                        rebuild = !reconnect();
                        why = "the slot cannot go on from where the map is";
                    }
                    default -> throw new IllegalStateException("unknown outcome " + outcome);
                }
            } catch (SQLException | SourceException e) {
                if (isStopping()) {
                    return;
                }
                if (!Recovery.isPassing(e)) {
                    throw e instanceof SourceException explained
                            ? explained
                            : failed("Reading from Postgres failed", (SQLException) e);
                }
                handler.state(SourceState.RECOVERING, Recovery.reason(e));
                LOG.debug("recovering", e);
                if (!reconnect() && !rebuild) {
                    rebuild = true;
                    why = "the slot cannot go on from where the map is";
                }
            }
        }
    }

    /** Fills the map: publication, slot with its snapshot, tables. */
    private void build(String why) throws SQLException, SourceException, InterruptedException {
        boolean first = facts.generation() == null;
        handler.state(first ? SourceState.SNAPSHOT : SourceState.REBUILDING, why);
        for (int attempt = 1; !isStopping(); attempt++) {
            var selection = firstSelection != null ? firstSelection : reselect();
            firstSelection = null;
            if (isStopping()) {
                return;
            }
            var built = buildOnce(selection);
            if (built.isPresent()) {
                long clockOffset = ClockOffset.micros(control().connection());
                facts.generation(built.get(), clockOffset);
                handler.clockOffset(clockOffset);
                return;
            }
            if (attempt == BUILD_ATTEMPTS) {
                throw new SourceException(
                        "Definitions of tables changed " + attempt + " times while they were about to be read.",
                        "Start again when the migration is over.");
            }
            LOG.info("The definition changed just before the tables were read; resolving them again.");
        }
    }

    /** The tables of the start as they are now; waits while none of them can be captured, as in mid-migration. */
    private Selection reselect() throws SQLException, InterruptedException {
        long nextNotice = System.nanoTime();
        while (true) {
            var selection = recapture.now(control().connection());
            if (!selection.tables().isEmpty() || pause(RETRY)) {
                return selection;
            }
            if (System.nanoTime() - nextNotice > 0) {
                LOG.warn("No table can be captured at the moment; waiting until one can be: {}", facts.missing());
                nextNotice = System.nanoTime() + RETRY_NOTICE.toNanos();
            }
        }
    }

    private Optional<Generation> buildOnce(Selection selection)
            throws SQLException, SourceException, InterruptedException {
        var publication = owned.publish(selection);
        var building = new GenerationBuilder(settings, control(), facts, handler);
        builder = building;
        try {
            if (isStopping()) {
                building.cancel();
            }
            return building.build(owned.name(), publication, selection);
        } finally {
            builder = null;
        }
    }

    /**
     * Waits for the server to answer again.
     *
     * @return whether the stream can go on from the slot; else the map must be filled anew
     */
    private boolean reconnect() throws SourceException, InterruptedException {
        long nextNotice = System.nanoTime() + RETRY_NOTICE.toNanos();
        while (!isStopping()) {
            try {
                owned.renew();
                return Recovery.canResume(settings.postgres(), control(), facts.generation());
            } catch (SourceException e) {
                if (!Recovery.isPassing(e)) {
                    throw e;
                }
                if (System.nanoTime() > nextNotice) {
                    LOG.warn("Still waiting for Postgres: {}", e.getMessage());
                    nextNotice = System.nanoTime() + RETRY_NOTICE.toNanos();
                }
            } catch (SQLException e) {
                if (!Recovery.isPassing(e)) {
                    throw failed("Postgres answers again, but not as before", e);
                }
                LOG.debug("not yet", e);
            }
            pause(RETRY);
        }
        return true;
    }

    private static SourceException failed(String what, SQLException e) {
        return new SourceException(what + ": " + e.getMessage(), "Run 'doctor' to see what the server lacks.", e);
    }

    boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** Waits, at most so long; ends at once when the source is asked to stop. */
    boolean pause(Duration duration) throws InterruptedException {
        return stopping.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    }

    EmbeddedSettings settings() {
        return settings;
    }

    Recapture recapture() {
        return recapture;
    }

    ControlSession control() {
        return owned.control();
    }

    /** Opens the control connection again while the stream goes on. */
    void renewControl() throws SourceException, SQLException {
        owned.renew();
    }

    @Override
    public void stop(Duration grace) {
        stopping.countDown();
        var building = builder;
        if (building != null) {
            building.cancel();
        }
        try {
            thread.join(grace.toMillis());
            if (thread.isAlive()) {
                LOG.warn(
                        "The source did not end within {} s. If slot {} is left behind, drop it: slots drop {}",
                        grace.toSeconds(),
                        owned.name(),
                        owned.name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
