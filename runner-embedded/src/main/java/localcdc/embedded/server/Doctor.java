package localcdc.embedded.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import localcdc.common.doctor.Finding;

/**
 * Looks whether a run can start, and reports everything it finds at one go. It changes nothing on the server. The same
 * checks precede every start.
 */
public final class Doctor {
    private Doctor() {}

    /**
     * Checks the server for a run that was asked for so.
     *
     * @param connection in autocommit mode, as the user of the run
     * @throws SQLException only when the connection breaks, or the server is too old to be asked
     */
    public static Diagnosis check(Connection connection, DoctorInput input) throws SQLException {
        Server server = Server.read(connection);
        List<Finding> findings = new ArrayList<>(ServerChecks.settings(server));
        if (server.majorVersion() < ServerChecks.OLDEST) {
            return new Diagnosis(findings, Optional.empty());
        }
        List<ReplicationSlot> slots = ReplicationSlots.list(connection);
        findings.addAll(ServerChecks.slots(
                server,
                input,
                slots,
                ReplicationSlots.abandoned(connection),
                ReplicationSlots.ownedHere(connection, slots)));
        Selection selection = TableSelection.resolve(connection, input.tables(), input.leaveOuts(), input.engine());
        findings.addAll(tables(selection));
        if (input.engine() == Engine.DEBEZIUM) {
            findings.addAll(DebeziumLimits.check(connection, server, selection.tables()));
        }
        if (!selection.tables().isEmpty()) {
            findings.addAll(rights(connection, server, input, selection.tables()));
        }
        findings.addAll(ServerChecks.moment(server, OpenTransactions.list(connection), ClockOffset.micros(connection)));
        return new Diagnosis(findings, Optional.of(selection));
    }

    private static List<Finding> rights(
            Connection connection, Server server, DoctorInput input, List<CapturedTable> tables) throws SQLException {
        Optional<String> publication = input.publication();
        List<Finding> findings = new ArrayList<>(TableRights.check(connection, server, tables, publication.isEmpty()));
        if (publication.isPresent()) {
            findings.addAll(GivenPublication.check(connection, publication.get(), tables));
        }
        return findings;
    }

    private static List<Finding> tables(Selection selection) {
        List<Finding> findings = new ArrayList<>(selection.errors());
        if (!selection.tables().isEmpty()) {
            findings.add(Finding.ok(
                    "tables",
                    "Captured: "
                            + Names.list(selection.tables().stream()
                                    .map(CapturedTable::id)
                                    .toList())
                            + "."));
        }
        if (!selection.skipped().isEmpty()) {
            findings.add(Finding.ok("tables", "Not captured: " + String.join("; ", selection.skipped()) + "."));
        }
        return findings;
    }
}
