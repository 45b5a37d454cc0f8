package localcdc.embedded.server;

import java.util.List;
import java.util.Optional;
import localcdc.common.cli.LeftOut;

/**
 * What the run that is about to start was asked for.
 *
 * @param tables {@code --table}; empty: every table that can be captured
 * @param leaveOuts {@code --leave-out}
 * @param slot {@code --slot}; empty: one of the runner's own
 * @param publication {@code --publication}, a publication that exists; empty: one of the runner's own
 * @param engine what will stream the changes
 */
public record DoctorInput(
        List<TablePattern> tables,
        List<LeftOut> leaveOuts,
        Optional<String> slot,
        Optional<String> publication,
        Engine engine) {

    public DoctorInput {
        tables = List.copyOf(tables);
        leaveOuts = List.copyOf(leaveOuts);
    }
}
