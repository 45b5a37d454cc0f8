package localcdc.embedded.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import localcdc.common.cli.CheckedOptions;
import localcdc.common.cli.UsageException;
import picocli.CommandLine.Option;

/** The flags that say what is captured and under which names, for the run and for its checks; a picocli mixin. */
public final class CaptureOptions implements CheckedOptions {

    @Option(
            names = "--table",
            paramLabel = "PATTERN",
            description = "Capture this table: inventory.customers, inventory.*; a dot inside a name as %%2E. May be"
                    + " repeated (default: every permanent table with a primary key).")
    private final List<String> tables = new ArrayList<>();

    @Option(
            names = "--slot",
            paramLabel = "NAME",
            description = "Name of the replication slot to make, and to drop at the end (default: one of its own).")
    private String slot;

    @Option(
            names = "--publication",
            paramLabel = "NAME",
            description = "Use this publication as it is (default: make one, and drop it at the end).")
    private String publication;

    @Option(
            names = "--engine",
            paramLabel = "debezium|direct",
            defaultValue = "debezium",
            description =
                    "What streams the changes: the Debezium engine, or the replication protocol itself, decoded here"
                            + " (default: ${DEFAULT-VALUE}).")
    private Engine engine;

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        patterns(problems);
        if (slot != null && !ReplicationSlots.isValidName(slot)) {
            problems.add(
                    "--slot is '" + slot + "'; Postgres accepts up to 63 lower-case letters, digits and underscores.");
        }
        if (publication != null && publication.isBlank()) {
            problems.add("--publication is empty; give the name of a publication, or leave the flag out.");
        }
        return problems;
    }

    private List<TablePattern> patterns(List<String> problems) {
        List<TablePattern> patterns = new ArrayList<>();
        for (String table : tables) {
            try {
                patterns.add(TablePattern.parse(table));
            } catch (IllegalArgumentException e) {
                problems.add("--table: " + e.getMessage());
            }
        }
        return patterns;
    }

    /**
     * The tables that were asked for; empty for every one that can be captured.
     *
     * @throws UsageException when one is not of the form schema.table
     */
    public List<TablePattern> tables() {
        List<String> problems = new ArrayList<>();
        List<TablePattern> patterns = patterns(problems);
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        return patterns;
    }

    public Engine engine() {
        return engine;
    }

    public Optional<String> slot() {
        return Optional.ofNullable(slot);
    }

    public Optional<String> publication() {
        return Optional.ofNullable(publication);
    }
}
