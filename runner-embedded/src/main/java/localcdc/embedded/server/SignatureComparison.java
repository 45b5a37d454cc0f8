package localcdc.embedded.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What differs between two signatures of one table, so that rows may have changed without an event. */
final class SignatureComparison {
    private SignatureComparison() {}

    /** See {@link CatalogSignature#describeChange}. */
    static Optional<String> describe(TableSignature earlier, TableSignature later) {
        if (later == null) {
            return Optional.of("table dropped");
        }
        List<String> changes = new ArrayList<>();
        if (!earlier.id().equals(later.id())) {
            changes.add("table renamed to " + later.id());
        }
        if (!earlier.kind().equals(later.kind()) || !earlier.persistence().equals(later.persistence())) {
            changes.add("kind of table changed");
        }
        describeColumns(earlier, later, changes);
        if (!earlier.key().equals(later.key())) {
            changes.add("key changed");
        } else if (!earlier.replicaIdentity().equals(later.replicaIdentity())) {
            changes.add("replica identity changed");
        }
        describeEnums(earlier, later, changes);
        describeStorage(earlier, later, changes);
        return changes.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", changes));
    }

    private static void describeColumns(TableSignature earlier, TableSignature later, List<String> changes) {
        new TreeMap<>(earlier.columns()).forEach((attnum, was) -> {
            TableSignature.Column is = later.columns().get(attnum);
            if (is == null) {
                changes.add("column " + was.name() + " dropped");
                return;
            }
            if (!is.name().equals(was.name())) {
                changes.add("column " + was.name() + " renamed to " + is.name());
            }
            if (is.typeOid() != was.typeOid() || is.typmod() != was.typmod()) {
                changes.add("type of column " + is.name() + " changed");
            } else if (!is.typeDefinition().equals(was.typeDefinition())) {
                changes.add("definition of the type of column " + is.name() + " changed");
            } else if (is.collation() != was.collation()) {
                changes.add("collation of column " + is.name() + " changed");
            }
            if (!is.generated().equals(was.generated()) || is.expressionOid() != was.expressionOid()) {
                changes.add("generation expression of column " + is.name() + " changed");
            }
        });
        new TreeMap<>(later.columns()).forEach((attnum, is) -> {
            if (!earlier.columns().containsKey(attnum)) {
                changes.add("column " + is.name() + " added");
            }
        });
    }

    private static void describeEnums(TableSignature earlier, TableSignature later, List<String> changes) {
        new TreeMap<>(earlier.enumLabels()).forEach((oid, was) -> {
            String is = later.enumLabels().get(oid);
            if (is != null && !is.equals(was)) {
                changes.add("enum label '" + was + "' renamed to '" + is + "'");
            }
        });
    }

    private static void describeStorage(TableSignature earlier, TableSignature later, List<String> changes) {
        boolean partitioned = earlier.kind().equals("p");
        boolean rewritten = false;
        for (Map.Entry<Long, TableSignature.Storage> entry : new TreeMap<>(earlier.storage()).entrySet()) {
            TableSignature.Storage was = entry.getValue();
            TableSignature.Storage is = later.storage().get(entry.getKey());
            if (is == null) {
                changes.add("partition " + was.name() + " detached or dropped");
            } else if (is.filenode() != was.filenode() && !is.attributes().equals(was.attributes())) {
                rewritten = true;
            } else if (partitioned && is.filenode() != was.filenode()) {
                // A TRUNCATE of a partition alone is not replicated where changes go by the root's name.
                changes.add("partition " + was.name() + " truncated or rewritten");
            }
        }
        if (partitioned) {
            new TreeMap<>(later.storage()).forEach((oid, is) -> {
                if (!earlier.storage().containsKey(oid)) {
                    changes.add("partition " + is.name() + " added");
                }
            });
        }
        if (rewritten && changes.isEmpty()) {
            changes.add("rows rewritten");
        }
    }
}
