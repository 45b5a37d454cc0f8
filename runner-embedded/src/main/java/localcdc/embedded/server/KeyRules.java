package localcdc.embedded.server;

import java.util.Optional;
import localcdc.common.doctor.Finding;

/** What a table's key and replica identity must be, so that every UPDATE and DELETE says which row it met. */
final class KeyRules {
    private KeyRules() {}

    /** What is missing when the table has no key, as the second half of a sentence. */
    static Optional<String> withoutKey(Relation relation) {
        if (!relation.key().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                relation.partitioned()
                        ? "is partitioned and has no primary key, so its rows cannot be told apart"
                        : "has no primary key, so its rows cannot be told apart");
    }

    static String remedyForKey(Relation relation) {
        String table = relation.id().quoted();
        String primaryKey = "Run: ALTER TABLE " + table + " ADD PRIMARY KEY (...);";
        return relation.partitioned()
                ? primaryKey
                : primaryKey + "\nOr, with a unique index over NOT NULL columns: ALTER TABLE " + table
                        + " REPLICA IDENTITY USING INDEX ...;";
    }

    /** With any of these in a publication, the owner's own UPDATE and DELETE would fail, or events would lack the key. */
    static Optional<Finding> identityObstacle(Relation relation) {
        String table = relation.id().quoted();
        if (relation.replicaIdentity() == 'n') {
            return obstacle(
                    relation,
                    relation.id()
                            + " has REPLICA IDENTITY NOTHING, so an UPDATE or DELETE does not say which row it met.",
                    "ALTER TABLE " + table + " REPLICA IDENTITY DEFAULT;");
        }
        if (relation.replicaIdentity() == 'i' && relation.identityKey().isEmpty()) {
            return obstacle(
                    relation,
                    relation.id() + " has REPLICA IDENTITY USING INDEX, but that index is gone or not valid.",
                    "ALTER TABLE " + table + " REPLICA IDENTITY DEFAULT;");
        }
        if (relation.replicaIdentity() == 'i' && !relation.primaryKey().isEmpty() && !relation.identityIsPrimary()) {
            return obstacle(
                    relation,
                    relation.id()
                            + " has a primary key, but its REPLICA IDENTITY is another index, so a DELETE does not"
                            + " carry the primary key.",
                    "ALTER TABLE " + table + " REPLICA IDENTITY DEFAULT;");
        }
        if (relation.replicaIdentity() == 'd' && relation.deferrableKey()) {
            return obstacle(
                    relation,
                    relation.id() + " has a deferrable primary key, which Postgres does not take as replica identity.",
                    "ALTER TABLE " + table + " DROP CONSTRAINT its_primary_key, ADD PRIMARY KEY (its_columns);");
        }
        if (relation.replicaIdentity() != 'i' && relation.deferrableKey()) {
            return obstacle(
                    relation,
                    relation.id()
                            + " has a deferrable primary key: within a transaction two of its rows may have one key"
                            + " for a while, and a map cannot hold both.",
                    "ALTER TABLE " + table + " DROP CONSTRAINT its_primary_key, ADD PRIMARY KEY (its_columns);");
        }
        return relation.leaves().stream()
                .filter(leaf -> leaf.replicaIdentity() == 'n' || leaf.replicaIdentity() == 'i')
                .findFirst()
                .flatMap(leaf -> obstacle(
                        relation,
                        leaf.id() + ", a partition of " + relation.id()
                                + ", has a REPLICA IDENTITY of its own that is not the primary key.",
                        "ALTER TABLE " + leaf.id().quoted() + " REPLICA IDENTITY DEFAULT;"));
    }

    private static Optional<Finding> obstacle(Relation relation, String found, String statement) {
        return Optional.of(Finding.error(
                TableSelection.CHECK,
                found,
                "Run: " + statement + "\nOr leave the table out: " + Names.leaveOutFlag(relation.id())));
    }
}
