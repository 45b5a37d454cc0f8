package localcdc.embedded.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import localcdc.common.doctor.Finding;

/** What the Debezium engine (3.6) cannot live with, wherever in the database it is. */
final class DebeziumLimits {

    /** It reads the labels of every type of the category enum, and breaks where there are none. */
    private static final String ENUMS_WITHOUT_LABELS = """
            SELECT pg_catalog.format_type(t.oid, NULL), t.typtype = 'd'
            FROM pg_catalog.pg_type t
            WHERE t.typcategory = 'E' AND NOT EXISTS (SELECT FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid)
            ORDER BY 1
            """;

    private static final int INFINITE_INTERVALS_SINCE = 17;

    private DebeziumLimits() {}

    static List<Finding> check(Connection connection, Server server, List<CapturedTable> tables) throws SQLException {
        var findings = new ArrayList<Finding>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(ENUMS_WITHOUT_LABELS)) {
            while (rows.next()) {
                boolean domain = rows.getBoolean(2);
                findings.add(Finding.error(
                        "types",
                        "The type " + rows.getString(1) + " is "
                                + (domain ? "a domain over an enum" : "an enum without labels")
                                + ": the Debezium engine cannot start in a database that has one, whether a table uses it or"
                                + " not.",
                        domain
                                ? "Use the enum itself in place of the domain, and drop the domain."
                                : "Add a label (ALTER TYPE ... ADD VALUE), or drop the type."));
            }
        }
        if (server.majorVersion() >= INFINITE_INTERVALS_SINCE) {
            findings.addAll(intervals(tables));
        }
        return findings;
    }

    private static List<Finding> intervals(List<CapturedTable> tables) {
        var columns = new ArrayList<String>();
        for (var table : tables) {
            for (var column : table.columns()) {
                if (column.formattedType().startsWith("interval")) {
                    columns.add(table.id() + "." + column.name());
                }
            }
        }
        return columns.isEmpty()
                ? List.of()
                : List.of(
                        Finding.warning(
                                "intervals",
                                "An infinite interval that is streamed arrives as 00:00:00: the driver below Debezium knows none."
                                        + " Columns that could hold one: " + Names.list(columns) + ".",
                                "Keep infinite intervals out of these columns, or leave the columns out; verify finds the difference."));
    }
}
