package localcdc.core.value;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import localcdc.core.value.ColumnInfo.Generation;

/**
 * Reads tables' columns and their types from the catalog, in one query for all tables and a few for all their types. Only selects, so
 * it works inside any transaction, also one with an imported snapshot. Not safe for use by several threads; types already read are
 * not read again, so make a new one after DDL.
 */
public final class PgTypeReader {

    private static final String COLUMNS = """
            SELECT a.attrelid, a.attnum, a.attname, a.atttypid, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
                   a.attgenerated::text,
                   coalesce(pg_catalog.array_position(i.indkey::pg_catalog.int2[], a.attnum) + 1, 0),
                   coalesce(NOT l.collisdeterministic, false)
            FROM pg_catalog.pg_attribute a
            LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
            LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
            WHERE a.attrelid = ANY (?) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attrelid, a.attnum
            """;

    private final Connection connection;
    private final PgTypeCatalog types;

    public PgTypeReader(Connection connection) {
        this.connection = connection;
        this.types = new PgTypeCatalog(connection);
    }

    /**
     * The columns of these tables in their order, dropped ones left out.
     *
     * @return one entry for each table that has columns, by its oid
     */
    public Map<Long, List<ColumnInfo>> columns(Collection<Long> tableOids) throws SQLException {
        var read = new ArrayList<RawColumn>();
        try (var statement = connection.prepareStatement(COLUMNS)) {
            statement.setArray(1, connection.createArrayOf("oid", tableOids.toArray()));
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    read.add(RawColumn.of(rows));
                }
            }
        }
        types.load(read.stream().map(RawColumn::typeOid).toList());
        var columns = new LinkedHashMap<Long, List<ColumnInfo>>();
        for (var column : read) {
            columns.computeIfAbsent(column.tableOid, oid -> new ArrayList<>()).add(column.resolve(types));
        }
        columns.replaceAll((oid, list) -> List.copyOf(list));
        return columns;
    }

    /** One type by its oid. */
    public PgType type(long oid) throws SQLException {
        types.load(List.of(oid));
        return types.type(oid);
    }

    /** One type by its oid, or empty when there is none. */
    public Optional<PgType> typeIfThere(long oid) throws SQLException {
        types.load(List.of(oid));
        return types.isThere(oid) ? Optional.of(types.type(oid)) : Optional.empty();
    }

    private record RawColumn(
            long tableOid,
            int position,
            String name,
            long typeOid,
            String declaredType,
            boolean notNull,
            Generation generation,
            int keyOrdinal,
            boolean nondeterministic) {

        static RawColumn of(ResultSet row) throws SQLException {
            return new RawColumn(
                    row.getLong(1),
                    row.getInt(2),
                    row.getString(3),
                    row.getLong(4),
                    row.getString(5),
                    row.getBoolean(6),
                    generation(row.getString(7)),
                    row.getInt(8),
                    row.getBoolean(9));
        }

        private static Generation generation(String attgenerated) {
            return switch (attgenerated) {
                case "" -> Generation.NONE;
                case "s" -> Generation.STORED;
                case "v" -> Generation.VIRTUAL;
                default -> throw new IllegalStateException("pg_attribute.attgenerated is '" + attgenerated + "'");
            };
        }

        ColumnInfo resolve(PgTypeCatalog types) {
            return new ColumnInfo(
                    position,
                    name,
                    typeOid,
                    types.baseOid(typeOid),
                    types.type(typeOid),
                    declaredType,
                    notNull,
                    generation,
                    keyOrdinal,
                    nondeterministic);
        }
    }
}
