package localcdc.core.verify;

import java.util.List;
import localcdc.core.event.TableId;
import localcdc.core.verify.UndecidedException.Scope;

/**
 * Which of a runner's tables are compared. Immutable.
 *
 * @param patterns {@code schema.table} or {@code schema.*}; none: all tables
 */
public record TableChoice(List<String> patterns) {

    private static final String WHOLE_SCHEMA = ".*";

    public TableChoice {
        patterns = List.copyOf(patterns);
    }

    /** Every table that the runner holds. */
    public static TableChoice all() {
        return new TableChoice(List.of());
    }

    /**
     * The tables that are wanted, among those held.
     *
     * @param leftOut tables that are not held by the runner's settings
     */
    List<TableId> of(List<TableId> held, List<TableId> leftOut) throws UndecidedException {
        for (var pattern : patterns) {
            if (held.stream().noneMatch(table -> matches(pattern, table))) {
                if (leftOut.stream().anyMatch(table -> matches(pattern, table))) {
                    throw new UndecidedException(
                            Scope.ALL,
                            "The runner leaves table " + pattern + " out, so there is nothing to compare it with.",
                            "Start the runner without that --leave-out, or name another table with --table.");
                }
                throw new UndecidedException(
                        Scope.ALL,
                        "The runner's map holds no table " + pattern + "; it holds " + held + ".",
                        "Name one of those with --table, or start the runner with that table.");
            }
        }
        if (held.isEmpty()) {
            throw new UndecidedException(
                    Scope.ALL, "The runner's map holds no table.", "Start the runner with a table to compare.");
        }
        return patterns.isEmpty()
                ? held
                : held.stream()
                        .filter(table -> patterns.stream().anyMatch(pattern -> matches(pattern, table)))
                        .toList();
    }

    private static boolean matches(String pattern, TableId table) {
        return pattern.endsWith(WHOLE_SCHEMA)
                ? table.schema().equals(pattern.substring(0, pattern.length() - WHOLE_SCHEMA.length()))
                : pattern.equals(table.toString()) || pattern.equals(table.pathForm());
    }
}
