package localcdc.core.verify;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import localcdc.core.value.JsonEquality;
import localcdc.core.value.NumberRule;

/** Compares a row of the map with the row that Postgres has, by JSON value. Immutable. */
final class RowComparison {

    private final JsonEquality whole;
    private final Map<String, NumberRule> numberRules;
    private final Set<String> leftOut;

    RowComparison(Map<String, NumberRule> numberRules, Collection<String> leftOut) {
        this.whole = JsonEquality.ofColumns(numberRules);
        this.numberRules = Map.copyOf(numberRules);
        this.leftOut = Set.copyOf(leftOut);
    }

    /** Either side may be absent; both are not. */
    Finding compare(MapAnswer answer, PostgresRow row) {
        return switch (answer.kind()) {
            case UNDECIDED -> Finding.UNDECIDED;
            case ABSENT -> absent(row);
            case ROW -> row == null ? Finding.UNEXPECTED : rows(answer, row);
        };
    }

    private static Finding absent(PostgresRow row) {
        if (row == null) {
            return Finding.EQUAL;
        }
        // Its deletion may have reached the map already although its transaction is not seen as ended yet.
        return row.changing() ? Finding.UNDECIDED : Finding.MISSING;
    }

    private Finding rows(MapAnswer answer, PostgresRow row) {
        if (answer.unavailable().isEmpty() && whole.equal(answer.row(), row.row())) {
            return Finding.EQUAL;
        }
        var map = JsonFields.ofObject(answer.row());
        var postgres = JsonFields.ofObject(row.row());
        var columns = differing(map, postgres, answer.unavailable());
        if (columns.isEmpty()) {
            return answer.unavailable().isEmpty() ? Finding.EQUAL : Finding.UNAVAILABLE;
        }
        boolean sameColumns =
                columns.stream().allMatch(column -> map.containsKey(column) && postgres.containsKey(column));
        return sameColumns ? Finding.DIFFERENT : Finding.RESHAPED;
    }

    /** The columns in which two rows differ, those included that one side lacks. */
    List<String> differing(Map<String, String> map, Map<String, String> postgres, Collection<String> unavailable) {
        var names = new LinkedHashSet<>(postgres.keySet());
        names.addAll(map.keySet());
        names.removeAll(leftOut);
        names.removeAll(unavailable);
        var differing = new ArrayList<String>();
        for (var name : names) {
            var left = map.get(name);
            var right = postgres.get(name);
            if (left == null || right == null || !rule(name).equal(left, right)) {
                differing.add(name);
            }
        }
        return differing;
    }

    private JsonEquality rule(String column) {
        return JsonEquality.of(numberRules.getOrDefault(column, NumberRule.EXACT));
    }
}
