package localcdc.embedded.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import localcdc.common.cli.LeftOut;
import localcdc.common.doctor.Finding;
import localcdc.core.event.TableId;

/**
 * Finds the tables that options name, and says of each whether it can be captured. It takes permanent tables with a key
 * outside the system schemas, a partitioned table as one; it reports every obstacle, not only the first. Reads the
 * catalog only.
 */
public final class TableSelection {
    static final String CHECK = "tables";

    private static final int GENERATED_PUBLISHED_SINCE = 18;

    private final Relations relations;
    private final List<TablePattern> patterns;
    private final List<LeftOut> leaveOuts;
    private final Set<TableId> tablesLeftOut;
    private final Map<TableId, Relation> chosen = new TreeMap<>();
    private final Map<TableId, String> skipped = new TreeMap<>();
    private final List<String> patternsInVain = new ArrayList<>();
    private final List<Finding> errors = new ArrayList<>();

    private TableSelection(Relations relations, List<TablePattern> patterns, List<LeftOut> leaveOuts) {
        this.relations = relations;
        this.patterns = patterns;
        this.leaveOuts = leaveOuts;
        this.tablesLeftOut = leaveOuts.stream()
                .filter(leaveOut -> leaveOut.column().isEmpty())
                .map(LeftOut::table)
                .collect(Collectors.toSet());
    }

    /**
     * Resolves options to tables.
     *
     * @param patterns empty: every permanent table with a key outside the system schemas
     * @param engine what will stream the changes
     */
    public static Selection resolve(
            Connection connection, List<TablePattern> patterns, List<LeftOut> leaveOuts, Engine engine)
            throws SQLException {
        boolean storedGeneratedComes = connection.getMetaData().getDatabaseMajorVersion() >= GENERATED_PUBLISHED_SINCE;
        TableSelection selection = new TableSelection(Relations.read(connection), patterns, leaveOuts);
        selection.checkTablesLeftOut();
        selection.choose();
        List<CapturedTable> tables = selection.describe(connection, new Carrier(engine, storedGeneratedComes));
        if (selection.chosen.isEmpty() && selection.errors.isEmpty()) {
            selection.nothingChosen(connection.getCatalog());
        }
        return new Selection(patterns, leaveOuts, tables, selection.notes(), selection.errors);
    }

    /** Tables that the same options would take now and that were not among those captured at the start. */
    public static List<TableId> newTables(Connection connection, Selection atStart) throws SQLException {
        Set<Long> known = atStart.tables().stream().map(CapturedTable::oid).collect(Collectors.toSet());
        TableSelection now = new TableSelection(Relations.read(connection), atStart.patterns(), atStart.leaveOuts());
        now.choose();
        return now.chosen.values().stream()
                .filter(relation -> !known.contains(relation.oid()))
                .map(Relation::id)
                .toList();
    }

    private void checkTablesLeftOut() {
        new TreeSet<>(leaveOuts.stream().map(LeftOut::table).toList())
                .stream()
                        .filter(table -> relations.get(table) == null)
                        .forEach(table -> error(
                                "--leave-out names " + table + ", but there is no such table.",
                                relations.suggestion(table)));
    }

    private void choose() {
        if (patterns.isEmpty()) {
            relations.all().forEach(this::offer);
        }
        for (TablePattern pattern : patterns) {
            Optional<TableId> exact = pattern.exact();
            if (exact.isPresent()) {
                chooseNamed(exact.get());
            } else {
                List<Relation> matching = relations.all().stream()
                        .filter(relation -> pattern.matches(relation.id()))
                        .toList();
                matching.forEach(this::offer);
                if (matching.isEmpty()) {
                    patternsInVain.add(pattern + " matches no table");
                }
            }
        }
        chosen.values().forEach(relation -> KeyRules.identityObstacle(relation).ifPresent(errors::add));
    }

    /** A table that a pattern with a star, or no pattern at all, has met. */
    private void offer(Relation relation) {
        if (tablesLeftOut.contains(relation.id()) || relation.isView()) {
            return;
        }
        if (relation.root() != null) {
            if (patterns.stream().noneMatch(pattern -> pattern.matches(relation.root())) && !patterns.isEmpty()) {
                skipped.put(relation.id(), "is a partition of " + relation.root() + ", which is not named");
            }
            return;
        }
        Optional<String> obstacle = relation.notATable().or(() -> KeyRules.withoutKey(relation));
        if (obstacle.isPresent()) {
            skipped.put(relation.id(), obstacle.get());
        } else {
            chosen.put(relation.id(), relation);
        }
    }

    private void chooseNamed(TableId id) {
        Relation relation = relations.get(id);
        if (tablesLeftOut.contains(id) && relation != null) {
            return;
        }
        if (Relations.isSystemSchema(id.schema())) {
            error(id + " is in a system schema, whose tables cannot be captured.", "Take it out of --table.");
        } else if (relation == null) {
            error("There is no table " + id + ".", relations.suggestion(id));
        } else if (relation.root() != null) {
            error(
                    id + " is a partition of " + relation.root() + "; a partitioned table is captured as one.",
                    "Name its root: --table " + relation.root().pathForm());
        } else if (relation.notATable().isPresent()) {
            error(id + " " + relation.notATable().get() + ".", remedyFor(relation));
        } else if (KeyRules.withoutKey(relation).isPresent()) {
            error(id + " " + KeyRules.withoutKey(relation).get() + ".", KeyRules.remedyForKey(relation));
        } else {
            chosen.put(id, relation);
        }
    }

    private static String remedyFor(Relation relation) {
        return relation.persistence() == 'u' && relation.kind() == 'r'
                ? "Run: ALTER TABLE " + relation.id().quoted() + " SET LOGGED;\nOr take it out of --table."
                : "Take it out of --table.";
    }

    /** The signatures are read before the columns: a change in between then shows as a change, and not as nothing. */
    private List<CapturedTable> describe(Connection connection, Carrier carrier) throws SQLException {
        List<Long> oids = chosen.values().stream().map(Relation::oid).toList();
        Map<Long, TableSignature> signatures = CatalogSignature.read(connection, oids);
        Set<Long> described = new HashSet<>(oids);
        leaveOuts.stream()
                .map(leaveOut -> relations.get(leaveOut.table()))
                .filter(Objects::nonNull)
                .forEach(relation -> described.add(relation.oid()));
        Map<Long, List<ColumnFacts>> columns = ColumnFacts.read(connection, described);
        leaveOuts.forEach(leaveOut -> checkColumnLeftOut(leaveOut, columns));
        List<CapturedTable> tables = new ArrayList<>();
        for (Relation relation : chosen.values()) {
            TableSignature signature = signatures.get(relation.oid());
            List<ColumnFacts> facts = columns.get(relation.oid());
            if (signature == null || facts == null) {
                error(
                        relation.id() + " was dropped, or lost all its columns, while it was looked at.",
                        "Start again when the schema is at rest.");
            } else {
                TableDescription.of(relation, facts, leaveOuts, carrier, signature, errors)
                        .ifPresent(tables::add);
            }
        }
        return tables;
    }

    private void checkColumnLeftOut(LeftOut leaveOut, Map<Long, List<ColumnFacts>> columns) {
        Relation relation = relations.get(leaveOut.table());
        if (relation == null || leaveOut.column().isEmpty()) {
            return;
        }
        List<String> names = columns.getOrDefault(relation.oid(), List.of()).stream()
                .map(ColumnFacts::name)
                .toList();
        String wanted = leaveOut.column().get();
        if (!names.contains(wanted)) {
            List<String> near = Names.near(wanted, names);
            error(
                    "--leave-out names the column " + wanted + " of " + leaveOut.table() + ", but there is none.",
                    near.isEmpty()
                            ? "Its columns are " + Names.list(names) + "."
                            : "Did you mean " + String.join(" or ", near) + "?");
        }
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>(patternsInVain);
        skipped.forEach((id, why) -> {
            if (!chosen.containsKey(id)) {
                notes.add(id + " " + why);
            }
        });
        return notes;
    }

    private void nothingChosen(String database) {
        List<String> seen = notes();
        tablesLeftOut.forEach(id -> seen.add(id + " is left out"));
        relations.all().stream()
                .filter(Relation::isView)
                .forEach(view -> seen.add(view.id() + " " + view.notATable().orElseThrow()));
        error(
                "No table of the database '" + database + "' can be captured. "
                        + (seen.isEmpty()
                                ? "It has no tables outside the system schemas."
                                : "Seen: " + Names.list(seen) + "."),
                "Name tables that have a primary key with --table, and see that --pg-database is the right one.");
    }

    private void error(String found, String remedy) {
        errors.add(Finding.error(CHECK, found, remedy));
    }
}
