package localcdc.embedded.server;

import java.util.List;
import java.util.Objects;
import localcdc.common.cli.LeftOut;
import localcdc.common.doctor.Finding;

/**
 * The tables that options name, as the server has them.
 *
 * @param patterns what was asked for; empty: every table that can be captured
 * @param leaveOuts what was not wanted
 * @param tables what is captured, by schema and name; complete only when {@code errors} is empty
 * @param skipped tables that a wildcard or the default met but that cannot be captured, each with the reason
 * @param errors why the selection cannot be captured as it was asked for
 */
public record Selection(
        List<TablePattern> patterns,
        List<LeftOut> leaveOuts,
        List<CapturedTable> tables,
        List<String> skipped,
        List<Finding> errors) {

    public Selection {
        Objects.requireNonNull(patterns, "patterns");
        patterns = List.copyOf(patterns);
        leaveOuts = List.copyOf(leaveOuts);
        tables = List.copyOf(tables);
        skipped = List.copyOf(skipped);
        errors = List.copyOf(errors);
    }
}
