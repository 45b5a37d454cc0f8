package localcdc.embedded;

import java.sql.SQLException;
import localcdc.core.source.SourceException;
import localcdc.embedded.server.Bytes;
import localcdc.embedded.server.GivenPublication;
import localcdc.embedded.server.Publications;
import localcdc.embedded.server.ReplicationSlots;
import localcdc.embedded.server.Selection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the source has of its own in Postgres: a slot, a publication unless one was given, and the control connection, whose
 * locks say that both have an owner. It takes away what killed runs have left behind, and its own at the end. For one thread
 * at a time.
 */
final class OwnedSlot {

    private static final Logger LOG = LoggerFactory.getLogger(OwnedSlot.class);
    private static final int DROP_ATTEMPTS = 3;
    private static final int VALID_SECONDS = 2;

    private final EmbeddedSettings settings;
    private final SourceFacts facts;
    private final String slot;
    /** Null where one was given. */
    private final String ownPublication;

    private ControlSession control;
    private int controlProcess;

    /** Of which there is nothing in Postgres yet. */
    OwnedSlot(EmbeddedSettings settings, SourceFacts facts) {
        this.settings = settings;
        this.facts = facts;
        this.slot = settings.slot() != null ? settings.slot() : ReplicationSlots.newOwnName();
        // One name for both where both are ours: whoever finds one left behind finds the other.
        this.ownPublication =
                settings.publication() != null ? null : settings.slot() == null ? slot : ReplicationSlots.newOwnName();
    }

    /** The slot's name. */
    String name() {
        return slot;
    }

    /** The control connection; null while there is none. */
    ControlSession control() {
        return control;
    }

    /** Opens the control connection. */
    void open() throws SQLException, SourceException {
        control = ControlSession.open(settings.postgres());
    }

    /** Takes away what killed runs have left behind, and says so. */
    void sweep() throws SQLException {
        var swept = ReplicationSlots.sweepAbandoned(control.connection());
        for (var left : swept.droppedSlots()) {
            LOG.warn(
                    "A killed run had left the slot {} behind, which kept {} of write-ahead log: dropped.",
                    left.name(),
                    Bytes.text(left.retainedBytes()));
        }
        swept.droppedPublications()
                .forEach(left -> LOG.info("A killed run had left the publication {} behind: dropped.", left));
        swept.notDropped().forEach(left -> LOG.warn("{}", left));
    }

    /** Says to every other runner whose the names are, for as long as the control connection lives. */
    void own() throws SQLException, SourceException {
        controlProcess = control.serverProcess();
        control.own(slot);
        if (ownPublication != null && !ownPublication.equals(slot)) {
            control.own(ownPublication);
        }
    }

    /** Opens the control connection again, and owns the same names. */
    void renew() throws SQLException, SourceException {
        close();
        open();
        control.endPredecessor(controlProcess);
        own();
    }

    /**
     * Makes the publication anew for these tables, or looks at the one that was given: somebody may have altered it, and then
     * the tables would be read again and again.
     *
     * @return its name
     */
    String publish(Selection selection) throws SQLException, SourceException {
        if (ownPublication != null) {
            Publications.dropOwn(control.connection(), ownPublication);
            Publications.createOwn(control.connection(), ownPublication, selection.tables());
            return ownPublication;
        }
        for (var finding : GivenPublication.check(control.connection(), settings.publication(), selection.tables())) {
            if (finding.isError()) {
                throw new SourceException(finding.found(), finding.remedy());
            }
        }
        return settings.publication();
    }

    /** Takes slot and publication away and closes; says what to do where that fails. */
    void remove() {
        for (int attempt = 1; ; attempt++) {
            try {
                if (control == null || !control.connection().isValid(VALID_SECONDS)) {
                    renew();
                }
                drop();
                break;
            } catch (SQLException | SourceException e) {
                if (attempt >= DROP_ATTEMPTS) {
                    LOG.error(
                            "Slot {} could not be dropped ({}). It holds write-ahead log back until it is: the next start"
                                    + " does it, or: slots drop {}",
                            slot,
                            e.getMessage(),
                            slot);
                    break;
                }
                LOG.debug("dropping the slot, attempt {}", attempt, e);
            }
        }
        close();
    }

    private void drop() throws SQLException, SourceException {
        var view = control.slot(slot);
        // A slot of a name that was given is somebody else's until we have made it.
        if (view.exists() && (settings.slot() == null || facts.slotMade())) {
            control.dropSlot(slot);
            LOG.info("Slot {} dropped; it had kept {} of write-ahead log.", slot, Bytes.text(view.retainedBytes()));
        }
        if (ownPublication != null) {
            Publications.dropOwn(control.connection(), ownPublication);
        }
    }

    /** Closes the control connection, if there is one. */
    void close() {
        if (control != null) {
            try {
                control.close();
            } catch (SQLException e) {
                LOG.debug("closing the control connection", e);
            }
            control = null;
        }
    }
}
