package localcdc.embedded.server;

import java.util.List;
import java.util.Optional;
import localcdc.core.event.TableId;

/**
 * A relation that somebody could take for a table.
 *
 * @param kind {@code pg_class.relkind}
 * @param root the partitioned table whose partition this is, at the top; null for all others
 * @param primaryKey column numbers of the primary key in key order; empty when there is none
 * @param deferrableKey whether the primary key is deferrable, which Postgres does not take as a replica identity
 * @param identityKey column numbers of the index that is the replica identity; empty when no index is
 * @param identityIsPrimary whether that index is the primary key's
 * @param leaves for a partitioned table, those that hold its rows
 */
record Relation(
        long oid,
        TableId id,
        char kind,
        char persistence,
        char replicaIdentity,
        TableId root,
        List<Integer> primaryKey,
        boolean deferrableKey,
        List<Integer> identityKey,
        boolean identityIsPrimary,
        long estimatedRows,
        long estimatedPages,
        List<Leaf> leaves) {

    /** A partition without partitions. */
    record Leaf(TableId id, char kind, char persistence, char replicaIdentity) {}

    boolean partitioned() {
        return kind == 'p';
    }

    boolean isView() {
        return kind == 'v' || kind == 'm';
    }

    /** Numbers of the columns that tell rows apart in the map; empty when nothing does. */
    List<Integer> key() {
        if (!primaryKey.isEmpty()) {
            return primaryKey;
        }
        // REPLICA IDENTITY USING INDEX does not reach partitions, so for a partitioned table only a primary key counts.
        return partitioned() ? List.of() : identityKey;
    }

    /** Why rows of this relation never come as events, whatever its key; empty when they do. */
    Optional<String> notATable() {
        return switch (kind) {
            case 'r' ->
                switch (persistence) {
                    case 'u' -> Optional.of("is unlogged: its changes are not in the write-ahead log");
                    case 't' -> Optional.of("is a temporary table: only its own session sees it");
                    default -> Optional.empty();
                };
            case 'p' ->
                leaves.stream()
                        .filter(leaf -> leaf.kind() == 'f' || leaf.persistence() != 'p')
                        .findFirst()
                        .map(leaf -> "has the partition " + leaf.id() + ", which is "
                                + (leaf.kind() == 'f' ? "a foreign table" : "unlogged")
                                + ": changes in it are not in the write-ahead log");
            case 'v' -> Optional.of("is a view");
            case 'm' -> Optional.of("is a materialized view");
            case 'f' -> Optional.of("is a foreign table: its changes are in another server's log");
            default -> Optional.of("is not a table");
        };
    }
}
