package localcdc.common.http;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import localcdc.common.http.RecentChanges.Change;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;
import localcdc.core.pipeline.Pipeline;

/**
 * Which changes a request wants, by its parameters {@code table}, {@code op} (may be repeated), {@code key} and {@code text};
 * what is left out does not matter. Any thread may ask.
 */
final class ChangeFilter implements Predicate<Change> {

    private final Optional<TableId> table;
    private final Set<Operation> operations;
    private final Optional<KeyMatch> key;
    private final Optional<TextFilter> text;

    private ChangeFilter(
            Optional<TableId> table, Set<Operation> operations, Optional<KeyMatch> key, Optional<TextFilter> text) {
        this.table = table;
        this.operations = operations;
        this.key = key;
        this.text = text;
    }

    /** The filter that a request describes; 400 where an operation or a table's name is none, 404 for an unknown table. */
    static ChangeFilter of(Exchange exchange, Pipeline pipeline, KeyParser keys) {
        var operations = EnumSet.noneOf(Operation.class);
        exchange.rawQuery("op").forEach(label -> operations.add(operation(label)));
        return new ChangeFilter(
                exchange.query("table").map(name -> TableEndpoints.table(pipeline, name)),
                operations,
                exchange.rawQuery("key").stream()
                        .reduce((earlier, last) -> last)
                        .map(values -> new KeyMatch(keys, UrlText.commaSeparated(values))),
                exchange.query("text").filter(given -> !given.isEmpty()).map(TextFilter::new));
    }

    private static Operation operation(String label) {
        for (var operation : Operation.values()) {
            if (operation.label().equals(label)) {
                return operation;
            }
        }
        throw new HttpProblem(400, "op is '" + label + "'; it must be create, update, delete, truncate or read.");
    }

    @Override
    public boolean test(Change change) {
        var event = change.event();
        return (table.isEmpty() || table.get().equals(event.table()))
                && (operations.isEmpty() || operations.contains(event.operation()))
                && (key.isEmpty() || key.get().test(change))
                && (text.isEmpty() || isIn(change, text.get()));
    }

    private static boolean isIn(Change change, TextFilter text) {
        return (change.before() != null && text.isIn(change.before().row()))
                || (change.after() != null && text.isIn(change.after().row()));
    }

    /** Whether a change is one of this row: made it, changed it, moved it to or from this key, or emptied its table. */
    static boolean concerns(Change change, TableId table, PrimaryKey key) {
        var event = change.event();
        return event.table().equals(table)
                && (event.operation() == Operation.TRUNCATE
                        || key.equals(event.key())
                        || key.equals(event.previousKey()));
    }

    /** A key of whichever table has such keys; a table whose keys are of another kind has no change of it. */
    private static final class KeyMatch implements Predicate<Change> {

        private final KeyParser keys;
        private final List<String> values;
        private final Map<TableId, PrimaryKey> byTable = new ConcurrentHashMap<>();
        /** Tables whose keys are of another kind. */
        private final Set<TableId> others = ConcurrentHashMap.newKeySet();

        private KeyMatch(KeyParser keys, List<String> values) {
            this.keys = keys;
            this.values = values;
        }

        @Override
        public boolean test(Change change) {
            var changed = change.event().table();
            if (others.contains(changed)) {
                return false;
            }
            var key = byTable.computeIfAbsent(changed, this::parse);
            return key != null && concerns(change, changed, key);
        }

        /** Null where the table has no such keys, or, until it is asked again, where they are not known yet. */
        private PrimaryKey parse(TableId of) {
            try {
                return keys.parse(of, values).orElse(null);
            } catch (IllegalArgumentException e) {
                others.add(of);
                return null;
            }
        }
    }
}
