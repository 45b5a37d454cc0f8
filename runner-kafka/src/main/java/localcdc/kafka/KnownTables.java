package localcdc.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import localcdc.common.http.KeyParser;
import localcdc.core.decode.RecordDecoder.Seen;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;
import localcdc.core.value.PgType;

/** The tables as their latest records show them. The reading thread writes, any thread asks. */
final class KnownTables implements KeyParser {

    private final Map<TableId, Seen> tables = new ConcurrentHashMap<>();
    private final Set<TableId> changed = new ConcurrentSkipListSet<>();

    Seen get(TableId table) {
        return tables.get(table);
    }

    /** A record shows the table so; rows of another look may be out of date from now on. */
    void put(TableId table, Seen seen) {
        var before = tables.get(table);
        boolean same = before != null && before.shape().equals(seen.shape());
        // Each partition has an object of its own for the same look.
        if (!same || !before.keys().types().equals(seen.keys().types())) {
            tables.put(table, seen);
        }
        if (before != null && !same) {
            changed.add(table);
        }
    }

    void remove(TableId table) {
        tables.remove(table);
        changed.remove(table);
    }

    /** Tables some of whose rows may be of an earlier definition. */
    Set<TableId> changed() {
        return Set.copyOf(changed);
    }

    /** Every row of the table looks as its latest record does. */
    void settled(TableId table) {
        changed.remove(table);
    }

    @Override
    public Optional<PrimaryKey> parse(TableId table, List<String> values) {
        var seen = tables.get(table);
        if (seen == null) {
            return Optional.empty();
        }
        return Optional.of(seen.keys().ofPlain(values));
    }

    @Override
    public PrimaryKey ofFragments(TableId table, List<String> jsonFragments) {
        var seen = tables.get(table);
        if (seen == null) {
            throw new IllegalArgumentException("no record of " + table + " has come by yet");
        }
        return seen.keys().ofFragments(jsonFragments);
    }

    /** The key's types, as text. */
    List<String> keyTypes(TableId table) {
        var seen = tables.get(table);
        return seen == null
                ? List.of()
                : seen.keys().types().stream().map(PgType::toString).toList();
    }
}
