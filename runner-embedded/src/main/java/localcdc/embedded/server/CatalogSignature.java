package localcdc.embedded.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import localcdc.core.event.TableId;

/**
 * Reads {@link TableSignature}s and compares them. It reads catalog tables only, by plain SQL, so that it shows what the
 * transaction's snapshot shows (an imported one too), takes no lock that DDL waits for, and does not depend on the
 * session's settings. One query, and one or two more where columns have types that are not built in; some milliseconds for
 * tens of tables.
 *
 * <p>A rewrite that changes rows (ALTER COLUMN TYPE ... USING) is told from TRUNCATE, VACUUM FULL or CLUSTER by column
 * definitions written since. VACUUM FULL of a table with a column that was added with a DEFAULT writes them too: then rows
 * are said to be rewritten though they are not, which costs a reading and no more.
 */
public final class CatalogSignature {

    /** Rows of three kinds, told apart by {@code part}: tables, columns, storage. */
    private static final String QUERY = """
            WITH RECURSIVE root AS (
                SELECT c.oid, c.relname, c.relkind, c.relpersistence, c.relreplident, n.nspname
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.oid = ANY (?::bigint[]::oid[])
            ), tree AS (
                SELECT oid AS root, oid FROM root
                UNION ALL
                SELECT t.root, i.inhrelid FROM tree t
                JOIN pg_class p ON p.oid = t.oid AND p.relkind = 'p'
                JOIN pg_inherits i ON i.inhparent = t.oid
            )
            SELECT 0 AS part, r.oid::bigint AS rel, 0::bigint AS no, r.nspname::text AS a, r.relname::text AS b,
                   r.relkind::text AS c, r.relpersistence::text AS d, r.relreplident::text AS e,
                   (SELECT coalesce(string_agg(
                               CASE WHEN i.indisprimary THEN 'p' ELSE '' END
                               || CASE WHEN i.indisreplident THEN 'i' ELSE '' END
                               || array_to_string((i.indkey::int2[])[0:i.indnkeyatts - 1], ','), ' '
                               ORDER BY i.indisprimary DESC, i.indkey::text), '')
                    FROM pg_index i WHERE i.indrelid = r.oid AND (i.indisprimary OR i.indisreplident)) AS f,
                   0::bigint AS x, 0::bigint AS y, 0::bigint AS z
            FROM root r
            UNION ALL
            SELECT 1, r.oid::bigint, a.attnum, a.attname::text, a.attgenerated::text, NULL,
                   a.atttypmod::text, NULL, NULL, a.atttypid::bigint, a.attcollation::bigint,
                   CASE WHEN a.attgenerated = '' THEN 0 ELSE coalesce(d.oid::bigint, 0) END
            FROM root r
            JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            UNION ALL
            SELECT 2, t.root::bigint, c.oid::bigint, c.relname::text,
                   (SELECT string_agg(a.attnum || ':' || a.xmin, ',' ORDER BY a.attnum)
                    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0),
                   NULL, NULL, NULL, NULL, c.relfilenode::bigint, 0::bigint, 0::bigint
            FROM tree t JOIN pg_class c ON c.oid = t.oid AND c.relkind <> 'p'
            """;

    private CatalogSignature() {}

    /** The signatures of these tables, by oid; a table that does not exist (any more) is absent. */
    public static Map<Long, TableSignature> read(Connection connection, Collection<Long> oids) throws SQLException {
        Map<Long, Parts> parts = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setArray(1, connection.createArrayOf("bigint", oids.toArray()));
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    parts.computeIfAbsent(row.getLong("rel"), oid -> new Parts())
                            .add(row);
                }
            }
        }
        Set<Long> typeOids = new HashSet<>();
        parts.values().forEach(table -> table.columns.values().forEach(column -> typeOids.add(column.typeOid())));
        TypeCatalog types = TypeCatalog.read(connection, typeOids);
        Map<Long, TableSignature> signatures = new HashMap<>();
        parts.forEach((oid, collected) -> signatures.put(oid, collected.signature(types)));
        return signatures;
    }

    /** What one table's rows of the query add up to; their order does not matter. */
    private static final class Parts {
        private TableId id;
        private String kind;
        private String persistence;
        private String replicaIdentity;
        private String key;
        private final Map<Integer, TableSignature.Column> columns = new HashMap<>();
        private final Map<Long, TableSignature.Storage> storage = new HashMap<>();

        void add(ResultSet row) throws SQLException {
            long no = row.getLong("no");
            switch (row.getInt("part")) {
                case 0 -> {
                    id = new TableId(row.getString("a"), row.getString("b"));
                    kind = row.getString("c");
                    persistence = row.getString("d");
                    replicaIdentity = row.getString("e");
                    key = row.getString("f");
                }
                case 1 ->
                    columns.put(
                            Math.toIntExact(no),
                            new TableSignature.Column(
                                    row.getString("a"),
                                    row.getLong("x"),
                                    Integer.parseInt(row.getString("d")),
                                    row.getLong("y"),
                                    row.getString("b"),
                                    row.getLong("z"),
                                    ""));
                default ->
                    storage.put(
                            no,
                            new TableSignature.Storage(row.getString("a"), row.getLong("x"), "" + row.getString("b")));
            }
        }

        TableSignature signature(TypeCatalog types) {
            Map<Long, String> enumLabels = new HashMap<>();
            columns.replaceAll((attnum, column) -> {
                TypeFacts facts = types.facts(column.typeOid());
                enumLabels.putAll(facts.enumLabels());
                return column.ofType(facts.definition());
            });
            return new TableSignature(id, kind, persistence, replicaIdentity, key, columns, enumLabels, storage);
        }
    }

    /**
     * What has changed from one reading to a later one, so that rows read before may be out of date, as a part of a
     * sentence: {@code column b renamed to bb, column c added}.
     *
     * @param later null when the table is gone
     * @return empty when nothing has
     */
    public static Optional<String> describeChange(TableSignature earlier, TableSignature later) {
        return SignatureComparison.describe(earlier, later);
    }
}
