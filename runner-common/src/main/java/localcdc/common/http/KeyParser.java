package localcdc.common.http;

import java.util.List;
import java.util.Optional;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;

/** Makes keys of the map from what clients send; only a runner knows the key columns' types. Any thread may ask. */
public interface KeyParser {

    /**
     * The key that a person wrote into a URL.
     *
     * @param values the key's values in key order, URL-decoded, each as in an entry's {@code key} without quotes
     * @return nothing where the table has no such key, for whatever the values are
     * @throws IllegalArgumentException when the values cannot be a key of this table: a sentence that says why
     */
    Optional<PrimaryKey> parse(TableId table, List<String> values);

    /**
     * The key that {@code verify} or a page's cursor names.
     *
     * @param jsonFragments the key's values in key order, each as JSON text, as an entry's {@code key} has it
     * @throws IllegalArgumentException when the fragments cannot be a key of this table: a sentence that says why
     */
    PrimaryKey ofFragments(TableId table, List<String> jsonFragments);
}
