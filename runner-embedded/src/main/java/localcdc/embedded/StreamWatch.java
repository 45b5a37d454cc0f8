package localcdc.embedded;

import java.sql.SQLException;
import java.time.Duration;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Lsn;
import localcdc.core.index.TransactionStorageException;
import localcdc.core.source.ChangeHandler;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;
import localcdc.core.value.MalformedValueException;
import localcdc.embedded.server.CatalogSignature;
import localcdc.embedded.server.ClockOffset;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.TableSelection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stretch of streaming: the stream delivers changes on its thread while this one looks after it: is it alive, has a
 * definition changed, how far behind are we, and a heartbeat now and then so that an idle database's slot moves on.
 */
final class StreamWatch implements ChangeReceiver {

    private static final Logger LOG = LoggerFactory.getLogger(StreamWatch.class);
    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(20);
    /** In ticks: slot, catalog and a heartbeat where anybody has written. */
    private static final int LOOK_EVERY = 2;

    private static final int MISSING_EVERY = 4;
    /** So often in a row nobody may be seen to read from the slot: ten seconds. */
    private static final int LOOKS_WITHOUT_READER = 20;

    private static final Duration IDLE_HEARTBEAT = Duration.ofSeconds(10);
    private static final int RARE_EVERY = 60;

    /** What comes next. */
    enum Next {
        STOP,
        RESUME,
        REBUILD
    }

    /**
     * How a stretch has ended.
     *
     * @param progressed whether the stream got further than ever before
     */
    record Outcome(Next next, String why, boolean progressed) {}

    private final EmbeddedSource source;
    private final SourceFacts facts;
    private final ChangeHandler handler;
    private final Generation generation;
    /** For the stream's thread. */
    private final long[] moments = new long[1];

    private final String readyMarker = ControlSession.newMarker("ready");
    private volatile boolean progressed;
    private volatile boolean newShapeSeen;
    private volatile boolean gap;
    private long readyLsn;
    private volatile boolean readySeen;
    private long lastEmittedEnd;
    private long lastEmittedNanos;
    private long heartbeatNanos;
    private long lastLookedEnd;
    private int looksWithoutReader;

    StreamWatch(EmbeddedSource source, SourceFacts facts, ChangeHandler handler) {
        this.source = source;
        this.facts = facts;
        this.handler = handler;
        this.generation = facts.generation();
    }

    /** Streams until something ends it. */
    Outcome run() throws SQLException, SourceException, InterruptedException {
        // Before the engine starts: whatever it reads from the slot then includes the marker. Where somebody drops the
        // slot at this moment, the engine makes another one without a word, behind the marker.
        readyLsn = source.control().emit(readyMarker);
        var trouble = slotTrouble(source.control().slot(generation.slot()));
        if (trouble != null) {
            return new Outcome(Next.REBUILD, trouble, false);
        }
        heartbeatNanos = heartbeatEvery().toNanos();
        lastEmittedNanos = System.nanoTime();
        var stream = start();
        try {
            return watch(stream);
        } finally {
            close(stream);
        }
    }

    private ChangeStream start() throws SQLException {
        if (source.settings().engine() == Engine.DEBEZIUM) {
            return DebeziumStream.start(source.settings(), generation, this);
        }
        source.control().endReader(generation.slot());
        return DirectStream.start(source.settings().postgres(), generation, facts.reached(), this);
    }

    /** A large transaction that is just being put into the map is not left in the middle. */
    private void close(ChangeStream stream) throws InterruptedException {
        do {
            stream.close(CLOSE_GRACE);
        } while (stream.end() == null && stream.isApplying() && !source.isStopping());
        if (stream.end() != null) {
            handler.discard();
        }
    }

    private Outcome watch(ChangeStream stream) throws SourceException, InterruptedException {
        for (int tick = 1; ; tick++) {
            if (source.pause(TICK)) {
                return new Outcome(Next.STOP, "asked to stop", progressed);
            }
            var end = stream.end();
            if (end != null) {
                return ended(end);
            }
            try {
                var rebuild = tick(tick);
                if (rebuild == null) {
                    rebuild = rarely(tick);
                }
                if (rebuild != null) {
                    return new Outcome(Next.REBUILD, rebuild, progressed);
                }
                if (isCutOff()) {
                    facts.recovering();
                    return new Outcome(
                            Next.RESUME, "the server has ended the stream, and its end did not arrive", progressed);
                }
            } catch (SQLException e) {
                if (!Recovery.isPassing(e)) {
                    throw new SourceException("Watching the server failed: " + e.getMessage(), "Run 'doctor'.", e);
                }
                if (stream.end() != null) {
                    continue;
                }
                LOG.info("The control connection was lost ({}); opening another.", Recovery.reason(e));
                try {
                    source.renewControl();
                } catch (SQLException | SourceException again) {
                    LOG.debug("no control connection", again);
                    return new Outcome(Next.RESUME, Recovery.reason(e), progressed);
                }
            }
        }
    }

    /** Looks around; says why the map must be filled anew, or null. */
    private String tick(int tick) throws SQLException, SourceException {
        if (gap) {
            return cannotGoOn();
        }
        boolean due = newShapeSeen || tick % LOOK_EVERY == 0;
        if (due || !readySeen) {
            var view = source.control().slot(generation.slot());
            var trouble = slotTrouble(view);
            if (trouble == null && due) {
                trouble = look(view);
            }
            if (trouble != null) {
                return trouble;
            }
        }
        if (System.nanoTime() - lastEmittedNanos >= heartbeatNanos) {
            heartbeat();
        }
        return null;
    }

    /** Looks at definitions and lag, the slot being well; says why the map must be filled anew, or null. */
    private String look(ControlSession.SlotView view) throws SQLException {
        // Where nothing was written, no definition has changed.
        boolean written = view.logEnd() != lastLookedEnd;
        lastLookedEnd = view.logEnd();
        if (newShapeSeen || written) {
            newShapeSeen = false;
            var change = definitionChange();
            if (change != null) {
                return change;
            }
        }
        facts.slot(view);
        looksWithoutReader = view.hasReader() ? 0 : looksWithoutReader + 1;
        boolean othersWrote = Long.compareUnsigned(view.logEnd(), lastEmittedEnd) > 0;
        if (othersWrote && Long.compareUnsigned(facts.reached(), view.logEnd()) < 0) {
            heartbeat();
        }
        return null;
    }

    /** Whether the server has long ended a stream that does not know it: their connection is dead, and nobody told us. */
    private boolean isCutOff() {
        return source.settings().engine() == Engine.DIRECT && looksWithoutReader >= LOOKS_WITHOUT_READER;
    }

    /** What changes seldom; says why the map must be filled anew, or null. */
    private String rarely(int tick) throws SQLException {
        var control = source.control();
        if (tick % MISSING_EVERY == 0 && !facts.missing().isEmpty()) {
            var back = source.recapture().back(control.connection());
            if (back != null) {
                return back + " can be captured again";
            }
        }
        if (tick % RARE_EVERY == 0) {
            long offset = ClockOffset.micros(control.connection());
            facts.clockOffset(offset);
            handler.clockOffset(offset);
            var made = TableSelection.newTables(control.connection(), generation.selection());
            var names = made.stream().map(Object::toString).toList();
            if (!names.equals(facts.newTables())) {
                facts.newTables(names);
                LOG.info("Tables made after the start are taken at the next start: {}", names);
            }
        }
        return null;
    }

    /** Why the stream cannot go on from the slot, or null. */
    private String slotTrouble(ControlSession.SlotView view) throws SQLException, SourceException {
        if (!view.usable()) {
            return "slot " + generation.slot() + (view.exists() ? " was invalidated by the server" : " was dropped");
        }
        if (!isAsWeLeftIt(view)) {
            // The engine may wait for the new slot without an end: its own transaction can be what the server waits
            // for.
            source.control().dropSlot(generation.slot());
            return cannotGoOn();
        }
        return null;
    }

    private void heartbeat() throws SQLException {
        source.control().emit("heartbeat");
        lastEmittedEnd = source.control().slot(generation.slot()).logEnd();
        lastEmittedNanos = System.nanoTime();
    }

    /**
     * How often there is a message in any case. A direct stream answers the server's questions for signs of life when it has
     * something to read, so it needs something in time.
     */
    private Duration heartbeatEvery() throws SQLException {
        var patience = source.control().senderTimeout();
        boolean matters = source.settings().engine() == Engine.DIRECT && !patience.isZero();
        var often = patience.dividedBy(4);
        return matters && often.compareTo(IDLE_HEARTBEAT) < 0 ? often : IDLE_HEARTBEAT;
    }

    /**
     * Whether the slot is where this generation left it. One that is just being made has confirmed nothing. Until the marker is
     * back, one that is beyond what is applied was made anew or moved on by somebody, and the stream begins there without a
     * word: the engines confirm nothing that they have not delivered, and nobody else can move a slot that is read from.
     *
     * @param view taken before this is asked
     */
    private boolean isAsWeLeftIt(ControlSession.SlotView view) {
        return view.confirmedFlush() != Lsn.NONE && (readySeen || !view.isBeyond(facts.reached()));
    }

    private String cannotGoOn() {
        return "slot " + generation.slot()
                + " no longer has what the map lacks: it was dropped and made anew, or somebody moved it on";
    }

    private String definitionChange() throws SQLException {
        var now = CatalogSignature.read(source.control().connection(), generation.oids());
        String why = null;
        for (var table : generation.tables()) {
            var change = CatalogSignature.describeChange(
                    table.table().signature(), now.get(table.table().oid()));
            if (change.isPresent()) {
                facts.schemaChanged(table.table().id());
                why = table.table().id() + ": " + change.get();
            }
        }
        return why;
    }

    private Outcome ended(ChangeStream.End end) throws SourceException {
        LOG.debug("the stream ended: {}", end.message(), end.error());
        if (end.error() instanceof DefinitionChangedException changed) {
            facts.schemaChanged(changed.table());
            return new Outcome(Next.REBUILD, changed.getMessage(), progressed);
        }
        if (end.error() instanceof TransactionStorageException storage) {
            throw new SourceException(
                    storage.getMessage(),
                    "Make room there, or name another folder with java -Djava.io.tmpdir=FOLDER.",
                    storage);
        }
        for (Throwable t = end.error(); t != null; t = t.getCause()) {
            if (t instanceof MalformedValueException) {
                return malformed(t.getMessage(), end);
            }
        }
        facts.recovering();
        return new Outcome(Next.RESUME, "the stream ended: " + rootCause(end), progressed);
    }

    /** A value that cannot be carried: it is one of a definition that has just changed, or there is no going on. */
    private Outcome malformed(String what, ChangeStream.End end) throws SourceException {
        try {
            var change = definitionChange();
            if (change != null) {
                return new Outcome(Next.REBUILD, change, progressed);
            }
        } catch (SQLException e) {
            LOG.debug("no look at the catalog", e);
            return new Outcome(Next.RESUME, Recovery.reason(e), progressed);
        }
        throw new SourceException(
                "A value cannot be carried: " + what,
                "Leave the column out with --leave-out TABLE.COLUMN, or change the value.",
                end.error());
    }

    private static String rootCause(ChangeStream.End end) {
        Throwable t = end.error();
        while (t != null && t.getCause() != null && t.getCause() != t) {
            t = t.getCause();
        }
        return t == null ? end.message() : Recovery.reason(t);
    }

    @Override
    public void change(ChangeEvent event, long capturedMicros, long reached) {
        if (!isBehindGap(event.lsn())) {
            moments[0] = capturedMicros;
            handler.apply(event, moments);
            reached(reached);
        }
    }

    @Override
    public void collect(ChangeEvent event) {
        handler.collect(event);
    }

    @Override
    public void commit(long capturedMicros, long end, Runnable meanwhile) {
        moments[0] = capturedMicros;
        handler.commit(moments, meanwhile);
        reached(end);
    }

    @Override
    public void message(String content, long lsn) {
        boolean ready = content.equals(readyMarker);
        readySeen |= ready;
        if (isBehindGap(lsn)) {
            return;
        }
        facts.heartbeat();
        reached(lsn);
        handler.marker(content);
        if (ready) {
            handler.state(SourceState.STREAMING, "everything committed before " + Lsn.format(lsn) + " is applied");
            handler.caughtUp();
        }
    }

    @Override
    public void newShapeSeen() {
        newShapeSeen = true;
    }

    /** Transactions come in the order of their commits: what lies behind the marker comes behind it, if nothing is missing. */
    private boolean isBehindGap(long lsn) {
        if (!readySeen && Long.compareUnsigned(lsn, readyLsn) > 0) {
            gap = true;
        }
        return gap;
    }

    private void reached(long lsn) {
        if (facts.reached(lsn)) {
            progressed = true;
            handler.reached(lsn);
        }
    }
}
