package localcdc.embedded.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import localcdc.core.event.TableId;
import localcdc.core.source.SourceException;

/** Publications that a runner makes for itself and takes away again. One that is given is {@link GivenPublication}. */
public final class Publications {
    /** Stands in remedies for the name of a publication that the reader is to make; not one of our own. */
    private static final String SUGGESTED = "cdc";

    private Publications() {}

    /** The statement that makes a publication of exactly these tables, with everything that capture needs. */
    public static String createStatement(String name, List<CapturedTable> tables) {
        boolean generated =
                tables.stream().flatMap(table -> table.columns().stream()).anyMatch(CapturedColumn::generated);
        return "CREATE PUBLICATION " + TableId.quote(name) + " FOR TABLE "
                + tables.stream().map(table -> "ONLY " + table.id().quoted()).collect(Collectors.joining(", "))
                + " WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = true"
                + (generated ? ", publish_generated_columns = stored" : "")
                + ")";
    }

    /**
     * Makes a publication of these tables by name.
     *
     * @throws SourceException when this role may not; the remedy is the statement for one that may
     */
    public static void createOwn(Connection connection, String name, List<CapturedTable> tables)
            throws SQLException, SourceException {
        requireOwn(name);
        try (Statement statement = connection.createStatement()) {
            statement.execute(createStatement(name, tables));
        } catch (SQLException e) {
            if (SqlStates.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw new SourceException(
                        "This role may not make a publication: " + SqlStates.message(e) + ".", remedy(tables), e);
            }
            throw e;
        }
    }

    /** What somebody with more rights can do in our place. */
    static String remedy(List<CapturedTable> tables) {
        return "Let the tables' owner (with CREATE on the database) or a superuser run\n  "
                + createStatement(SUGGESTED, tables) + ";\nand start with --publication " + SUGGESTED + ".";
    }

    /** Drops a publication of our own; without effect when it is gone already. */
    public static void dropOwn(Connection connection, String name) throws SQLException {
        requireOwn(name);
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP PUBLICATION IF EXISTS " + TableId.quote(name));
        }
    }

    private static void requireOwn(String name) {
        if (!ReplicationSlots.isOwn(name)) {
            throw new IllegalArgumentException("'" + name + "' is not the name of a publication of our own");
        }
    }

    /** Publications in this database whose names begin so and that belong to no slot. */
    static List<String> withoutSlot(Connection connection, String prefix) throws SQLException {
        String sql = """
                SELECT p.pubname FROM pg_publication p
                WHERE starts_with(p.pubname, ?)
                  AND NOT EXISTS (SELECT FROM pg_replication_slots s WHERE s.slot_name = p.pubname)
                ORDER BY p.pubname
                """;
        List<String> names = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, prefix);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
        }
        return names;
    }
}
