package localcdc.embedded.server;

import java.util.Map;
import java.util.Objects;
import localcdc.core.event.TableId;

/**
 * A table's definition as far as it decides what its rows look like and which they are, together with the files that hold
 * them. Two signatures of one table, an earlier and a later one, tell whether rows may have changed without an event:
 * {@link CatalogSignature#describeChange}. Adding a label to an enum, TRUNCATE, a change of statistics or storage settings
 * change no row and are no difference. Immutable.
 *
 * @param key the columns' numbers of the primary key and of the replica identity index, as the catalog writes them
 * @param columns by number, without dropped ones
 * @param enumLabels labels of all enums that the columns' types contain, by the label's oid
 * @param storage the table's own file, or those of a partitioned table's leaf partitions, by oid
 */
public record TableSignature(
        TableId id,
        String kind,
        String persistence,
        String replicaIdentity,
        String key,
        Map<Integer, Column> columns,
        Map<Long, String> enumLabels,
        Map<Long, Storage> storage) {

    public TableSignature {
        Objects.requireNonNull(id, "id");
        columns = Map.copyOf(columns);
        enumLabels = Map.copyOf(enumLabels);
        storage = Map.copyOf(storage);
    }

    /**
     * One column.
     *
     * @param generated empty, {@code s} or {@code v}
     * @param expressionOid which generation expression it has; 0 when it is an ordinary column
     * @param typeDefinition what its type is made of, where the type's oid does not say: attributes of composites, casts
     */
    public record Column(
            String name,
            long typeOid,
            int typmod,
            long collation,
            String generated,
            long expressionOid,
            String typeDefinition) {

        Column ofType(String definition) {
            return new Column(name, typeOid, typmod, collation, generated, expressionOid, definition);
        }
    }

    /**
     * Where rows are kept.
     *
     * @param name the relation's name
     * @param filenode another one after every rewrite, whatever its reason
     * @param attributes which transactions last wrote the relation's column definitions
     */
    public record Storage(String name, long filenode, String attributes) {}
}
