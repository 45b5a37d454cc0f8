package localcdc.embedded.server;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import localcdc.common.doctor.Finding;
import localcdc.core.event.TableId;

/**
 * A publication that the user names ({@code --publication}). It is used as it is and never altered, so it must publish
 * everything that happens to the captured tables, or the map would go wrong without a word.
 */
public final class GivenPublication {
    private static final String CHECK = "publication";
    private static final int COLUMN_LISTS_SINCE = 15;

    /** What the publication says of one table; columns are null where the server has no column lists. */
    private record Published(String rowFilter, Set<String> columns) {}

    private final String name;
    private final List<CapturedTable> tables;
    private final List<Finding> errors = new ArrayList<>();

    private GivenPublication(String name, List<CapturedTable> tables) {
        this.name = name;
        this.tables = tables;
    }

    /** One OK, or every reason why this publication cannot be used for these tables. */
    public static List<Finding> check(Connection connection, String name, List<CapturedTable> tables)
            throws SQLException {
        GivenPublication given = new GivenPublication(name, tables);
        given.check(connection);
        return given.errors.isEmpty()
                ? List.of(Finding.ok(CHECK, "The publication '" + name + "' publishes all that is captured."))
                : List.copyOf(given.errors);
    }

    private void check(Connection connection) throws SQLException {
        String sql = "SELECT pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot FROM pg_publication"
                + " WHERE pubname = ?";
        boolean viaRoot;
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    error(
                            "There is no publication '" + name + "' in this database.",
                            "Make it (as the tables' owner or a superuser):\n  "
                                    + Publications.createStatement(name, tables)
                                    + ";\nor start without --publication.");
                    return;
                }
                checkOperations(row);
                viaRoot = row.getBoolean(5);
            }
        }
        checkViaRoot(viaRoot);
        Map<TableId, Published> published = published(connection);
        List<CapturedTable> missing = tables.stream()
                .filter(table -> !table.partitioned() || viaRoot)
                .filter(table -> !published.containsKey(table.id()))
                .toList();
        if (!missing.isEmpty()) {
            error(
                    "The publication '" + name + "' lacks " + names(missing) + ".",
                    alter("ADD TABLE "
                                    + missing.stream()
                                            .map(table -> "ONLY " + table.id().quoted())
                                            .collect(Collectors.joining(", ")))
                            + " Or leave these tables out (--table, --leave-out).");
        }
        for (CapturedTable table : tables) {
            Published found = published.get(table.id());
            if (found != null) {
                checkTable(table, found);
            }
        }
    }

    private void checkOperations(ResultSet row) throws SQLException {
        List<String> operations = List.of("insert", "update", "delete", "truncate");
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            if (!row.getBoolean(i + 1)) {
                missing.add(operations.get(i));
            }
        }
        if (!missing.isEmpty()) {
            error(
                    "The publication '" + name + "' does not publish " + Names.list(missing)
                            + ", but all four operations are needed.",
                    alter("SET (publish = 'insert, update, delete, truncate')"));
        }
    }

    private void checkViaRoot(boolean viaRoot) {
        List<CapturedTable> roots =
                tables.stream().filter(CapturedTable::partitioned).toList();
        if (!viaRoot && !roots.isEmpty()) {
            error(
                    "The publication '" + name + "' publishes changes of partitioned tables (" + names(roots)
                            + ") under the partitions' names, but they are needed under the root's.",
                    alter("SET (publish_via_partition_root = true)"));
        }
    }

    private Map<TableId, Published> published(Connection connection) throws SQLException {
        boolean lists = connection.getMetaData().getDatabaseMajorVersion() >= COLUMN_LISTS_SINCE;
        String sql = "SELECT schemaname, tablename, " + (lists ? "rowfilter, attnames::text[]" : "NULL, NULL")
                + " FROM pg_publication_tables WHERE pubname = ?";
        Map<TableId, Published> published = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    Array columns = lists ? row.getArray(4) : null;
                    published.put(
                            new TableId(row.getString(1), row.getString(2)),
                            new Published(
                                    row.getString(3),
                                    columns == null
                                            ? null
                                            : Arrays.stream((Object[]) columns.getArray())
                                                    .map(String::valueOf)
                                                    .collect(Collectors.toSet())));
                }
            }
        }
        return published;
    }

    private void checkTable(CapturedTable table, Published published) {
        if (published.rowFilter() != null) {
            error(
                    "The publication '" + name + "' has a row filter for " + table.id() + ": WHERE "
                            + published.rowFilter() + ". All rows are needed.",
                    alter("DROP TABLE ONLY " + table.id().quoted()) + " Then: "
                            + alter("ADD TABLE ONLY " + table.id().quoted()));
        }
        if (published.columns() == null) {
            return;
        }
        List<CapturedColumn> lacking = table.columns().stream()
                .filter(column -> !published.columns().contains(column.name()))
                .toList();
        List<String> generated = lacking.stream()
                .filter(CapturedColumn::generated)
                .map(CapturedColumn::name)
                .toList();
        List<String> plain = lacking.stream()
                .filter(column -> !column.generated())
                .map(CapturedColumn::name)
                .toList();
        String leaveOut = " Or leave them out: "
                + Names.leaveOutFlags(
                        table.id(), lacking.stream().map(CapturedColumn::name).toList()) + ".";
        if (!plain.isEmpty()) {
            error(
                    "The publication '" + name + "' has a column list for " + table.id() + " that lacks "
                            + Names.list(plain) + ".",
                    alter("DROP TABLE ONLY " + table.id().quoted()) + " Then: "
                            + alter("ADD TABLE ONLY " + table.id().quoted()) + leaveOut);
        }
        if (!generated.isEmpty()) {
            error(
                    "The publication '" + name + "' does not publish the generated columns " + Names.list(generated)
                            + " of " + table.id() + ".",
                    alter("SET (publish_generated_columns = stored)") + leaveOut);
        }
    }

    private String alter(String change) {
        return "Run: ALTER PUBLICATION " + TableId.quote(name) + " " + change + ";";
    }

    private static String names(List<CapturedTable> tables) {
        return Names.list(tables.stream().map(CapturedTable::id).toList());
    }

    private void error(String found, String remedy) {
        errors.add(Finding.error(CHECK, found, remedy));
    }
}
