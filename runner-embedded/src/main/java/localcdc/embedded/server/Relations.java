package localcdc.embedded.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import localcdc.core.event.TableId;

/** All relations outside the system schemas that somebody could take for a table, by name. */
final class Relations {
    private static final String QUERY = """
            WITH RECURSIVE up AS (
                SELECT c.oid, c.oid AS top FROM pg_class c
                WHERE c.relkind IN ('r', 'p', 'f') AND c.relispartition
                UNION ALL
                SELECT u.oid, i.inhparent FROM up u JOIN pg_inherits i ON i.inhrelid = u.top
                JOIN pg_class c ON c.oid = u.top AND c.relispartition
            ), root AS (
                SELECT u.oid, u.top FROM up u JOIN pg_class c ON c.oid = u.top AND NOT c.relispartition
            )
            SELECT c.oid::bigint, n.nspname, c.relname, c.relkind, c.relpersistence, c.relreplident,
                   rn.nspname, rc.relname,
                   array_to_string((k.indkey::int2[])[0:k.indnkeyatts - 1], ' '), coalesce(NOT k.indimmediate, false),
                   array_to_string((i.indkey::int2[])[0:i.indnkeyatts - 1], ' '), coalesce(i.indisprimary, false),
                   greatest(c.reltuples, 0)::bigint, greatest(c.relpages, 0)::bigint
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN root r ON r.oid = c.oid
            LEFT JOIN pg_class rc ON rc.oid = r.top
            LEFT JOIN pg_namespace rn ON rn.oid = rc.relnamespace
            LEFT JOIN pg_index k ON k.indrelid = c.oid AND k.indisprimary AND k.indisvalid
            LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisreplident AND i.indisvalid AND c.relreplident = 'i'
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
              AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
            """;

    private final Map<TableId, Relation> byId = new TreeMap<>();

    private Relations() {}

    static Relations read(Connection connection) throws SQLException {
        Relations relations = new Relations();
        Map<TableId, List<Relation>> partitions = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(QUERY);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                Relation relation = relation(row);
                relations.byId.put(relation.id(), relation);
                if (relation.root() != null && !relation.partitioned()) {
                    partitions
                            .computeIfAbsent(relation.root(), root -> new ArrayList<>())
                            .add(relation);
                }
            }
        }
        partitions.forEach((root, leaves) ->
                relations.byId.computeIfPresent(root, (id, relation) -> withLeaves(relation, leaves)));
        return relations;
    }

    /** Whether tables of this schema belong to Postgres itself, or to one session. */
    static boolean isSystemSchema(String schema) {
        return schema.equals("information_schema") || schema.startsWith("pg_");
    }

    private static Relation relation(ResultSet row) throws SQLException {
        String rootSchema = row.getString(7);
        return new Relation(
                row.getLong(1),
                new TableId(row.getString(2), row.getString(3)),
                row.getString(4).charAt(0),
                row.getString(5).charAt(0),
                row.getString(6).charAt(0),
                rootSchema == null ? null : new TableId(rootSchema, row.getString(8)),
                numbers(row.getString(9)),
                row.getBoolean(10),
                numbers(row.getString(11)),
                row.getBoolean(12),
                row.getLong(13),
                row.getLong(14),
                List.of());
    }

    private static List<Integer> numbers(String text) {
        return text == null || text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(" ")).map(Integer::valueOf).toList();
    }

    private static Relation withLeaves(Relation root, List<Relation> leaves) {
        return new Relation(
                root.oid(),
                root.id(),
                root.kind(),
                root.persistence(),
                root.replicaIdentity(),
                null,
                root.primaryKey(),
                root.deferrableKey(),
                root.identityKey(),
                root.identityIsPrimary(),
                leaves.stream().mapToLong(Relation::estimatedRows).sum(),
                leaves.stream().mapToLong(Relation::estimatedPages).sum(),
                leaves.stream()
                        .map(leaf ->
                                new Relation.Leaf(leaf.id(), leaf.kind(), leaf.persistence(), leaf.replicaIdentity()))
                        .toList());
    }

    Collection<Relation> all() {
        return byId.values();
    }

    /** The relation of this name; null when there is none. */
    Relation get(TableId id) {
        return byId.get(id);
    }

    /** Names that look like this one, for a sentence: {@code Did you mean a.b or a.c?}, or what there is. */
    String suggestion(TableId wanted) {
        List<String> names = byId.values().stream()
                .filter(relation -> relation.kind() == 'r' || relation.kind() == 'p')
                .map(relation -> relation.id().pathForm())
                .toList();
        List<String> near = Names.near(wanted.pathForm(), names);
        if (!near.isEmpty()) {
            return "Did you mean " + String.join(" or ", near) + "?";
        }
        return names.isEmpty()
                ? "This database has no tables outside the system schemas."
                : "This database has " + Names.list(names) + ".";
    }
}
