package localcdc.embedded.pgoutput;

import java.util.List;

/**
 * What the server says of a table before its first row, and again after its definition has changed.
 *
 * @param oid the table's oid, unsigned; the root's where a partitioned table is published by its root
 * @param schema {@code pg_catalog} is spelled out
 * @param replicaIdentity {@code d}efault, {@code n}othing, {@code f}ull or {@code i}ndex
 * @param columns those that the publication sends, in the table's order
 */
public record PgRelation(int oid, String schema, String name, char replicaIdentity, List<Column> columns) {

    public PgRelation {
        columns = List.copyOf(columns);
    }

    /**
     * A column.
     *
     * @param identity whether it belongs to the replica identity
     * @param typeOid unsigned
     * @param typeModifier as in {@code pg_attribute.atttypmod}
     */
    public record Column(String name, boolean identity, int typeOid, int typeModifier) {}
}
