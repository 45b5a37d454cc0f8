package localcdc.embedded.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import localcdc.common.doctor.Finding;
import localcdc.core.event.TableId;

/** Whether this role may read the captured tables, sees all their rows, and may publish them. */
final class TableRights {
    private static final String QUERY = """
            SELECT c.oid::bigint, has_schema_privilege(c.relnamespace, 'USAGE'),
                   has_table_privilege(c.oid, 'SELECT'), row_security_active(c.oid),
                   pg_has_role(c.relowner, 'USAGE'), pg_get_userbyid(c.relowner),
                   (SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                      AND has_column_privilege(c.oid, a.attnum, 'SELECT')),
                   c.relreplident = 'd' AND EXISTS (
                       SELECT FROM pg_class x WHERE x.oid = c.reltoastrelid AND x.relpages > 0)
            FROM pg_class c WHERE c.oid = ANY (?::bigint[]::oid[])
            """;

    private record Rights(
            boolean schema,
            boolean table,
            boolean rowSecurity,
            boolean owned,
            String owner,
            List<String> columns,
            boolean toasted) {}

    private final Server server;
    private final List<CapturedTable> tables;
    private final Map<Long, Rights> rights;
    private final List<Finding> findings = new ArrayList<>();

    private TableRights(Server server, List<CapturedTable> tables, Map<Long, Rights> rights) {
        this.server = server;
        this.tables = tables;
        this.rights = rights;
    }

    /**
     * Judges rights and row security.
     *
     * @param makesPublication whether the runner is to make a publication of its own
     */
    static List<Finding> check(
            Connection connection, Server server, List<CapturedTable> tables, boolean makesPublication)
            throws SQLException {
        TableRights checks = new TableRights(server, tables, read(connection, tables));
        checks.select();
        checks.rowSecurity();
        if (makesPublication) {
            checks.publication();
        }
        checks.largeValues();
        return checks.findings;
    }

    private static Map<Long, Rights> read(Connection connection, List<CapturedTable> tables) throws SQLException {
        Map<Long, Rights> rights = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setArray(
                    1,
                    connection.createArrayOf(
                            "bigint", tables.stream().map(CapturedTable::oid).toArray()));
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    rights.put(
                            row.getLong(1),
                            new Rights(
                                    row.getBoolean(2),
                                    row.getBoolean(3),
                                    row.getBoolean(4),
                                    row.getBoolean(5),
                                    row.getString(6),
                                    List.of((String[]) row.getArray(7).getArray()),
                                    row.getBoolean(8)));
                }
            }
        }
        return rights;
    }

    private List<CapturedTable> those(java.util.function.BiPredicate<CapturedTable, Rights> condition) {
        return tables.stream()
                .filter(table -> rights.containsKey(table.oid()) && condition.test(table, rights.get(table.oid())))
                .toList();
    }

    private void select() {
        List<CapturedTable> unreadable = those((table, right) ->
                !right.schema() || (!right.table() && !right.columns().containsAll(table.columnNames())));
        if (unreadable.isEmpty()) {
            findings.add(Finding.ok("select", "The user '" + server.user() + "' may read all captured tables."));
            return;
        }
        String user = TableId.quote(server.user());
        String schemas = unreadable.stream()
                .filter(table -> !rights.get(table.oid()).schema())
                .map(table -> TableId.quote(table.id().schema()))
                .distinct()
                .collect(Collectors.joining(", "));
        findings.add(Finding.error(
                "select",
                "The user '" + server.user() + "' may not read " + names(unreadable) + ".",
                "Run as the owner: "
                        + (schemas.isEmpty() ? "" : "GRANT USAGE ON SCHEMA " + schemas + " TO " + user + "; ")
                        + "GRANT SELECT ON "
                        + unreadable.stream().map(table -> table.id().quoted()).collect(Collectors.joining(", "))
                        + " TO " + user + ";\nOr leave them out: "
                        + unreadable.stream()
                                .map(table -> Names.leaveOutFlag(table.id()))
                                .collect(Collectors.joining(" "))));
    }

    private void rowSecurity() {
        List<CapturedTable> filtered = those((table, right) -> right.rowSecurity());
        if (filtered.isEmpty()) {
            findings.add(Finding.ok("row security", "No row-level security hides rows from this user."));
            return;
        }
        findings.add(Finding.error(
                "row security",
                "Row-level security would hide rows of " + names(filtered) + " from the user '" + server.user()
                        + "', but the changes of all rows are sent.",
                "Run as a superuser: ALTER ROLE " + TableId.quote(server.user()) + " BYPASSRLS;\nOr leave them out: "
                        + filtered.stream()
                                .map(table -> Names.leaveOutFlag(table.id()))
                                .collect(Collectors.joining(" "))));
    }

    private void publication() {
        List<CapturedTable> foreign = those((table, right) -> !right.owned() && !server.superuser());
        List<String> obstacles = new ArrayList<>();
        if (!server.mayCreate()) {
            obstacles.add("lacks CREATE on the database " + TableId.quote(server.database()));
        }
        if (!foreign.isEmpty()) {
            obstacles.add("does not own "
                    + Names.list(foreign.stream()
                            .map(table -> table.id() + " (owner "
                                    + rights.get(table.oid()).owner() + ")")
                            .toList()));
        }
        if (obstacles.isEmpty()) {
            findings.add(Finding.ok("publication", "The user '" + server.user() + "' may make the publication."));
        } else {
            findings.add(Finding.error(
                    "publication",
                    "The user '" + server.user() + "' may not make a publication: it "
                            + String.join(", and ", obstacles) + ".",
                    Publications.remedy(tables)));
        }
    }

    private void largeValues() {
        List<CapturedTable> large = those((table, right) -> right.toasted());
        if (!large.isEmpty()) {
            findings.add(Finding.ok(
                    "large values",
                    "These tables keep large values outside the row and have REPLICA IDENTITY DEFAULT: " + names(large)
                            + ". An UPDATE does not send such a value again when it is unchanged; the map keeps the one"
                            + " it has."));
        }
    }

    private static String names(List<CapturedTable> tables) {
        return Names.list(tables.stream().map(CapturedTable::id).toList());
    }
}
