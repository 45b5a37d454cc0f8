package localcdc.core.verify;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import localcdc.core.event.JsonText;
import localcdc.core.event.TableId;

/**
 * A row that is not the same on both sides, as people are shown it: of rows that are on both sides only the columns that
 * differ, of long values only the beginning.
 *
 * @param key the key as a JSON object
 * @param map what the map holds, a JSON object, or null where it has no such row
 * @param postgres what Postgres holds, a JSON object, or null where it has no such row
 */
public record Mismatch(TableId table, Kind kind, String key, String map, String postgres) {

    private static final int LONGEST_VALUE = 400;

    /** In what way the sides differ; the names are those of the report's counters. */
    public enum Kind {
        /** Postgres has the row, the map has not. */
        MISSING,
        /** The map has the row, Postgres has not. */
        UNEXPECTED,
        DIFFERENT
    }

    static Mismatch of(
            TableId table, List<String> keyColumns, String key, MapAnswer answer, PostgresRow row, RowComparison rows) {
        var keyObject = new StringBuilder("{");
        var values = JsonFields.ofArray(key);
        for (int i = 0; i < Math.min(values.size(), keyColumns.size()); i++) {
            append(keyObject, keyColumns.get(i), values.get(i));
        }
        var shownKey = keyObject.append('}').toString();
        if (row == null) {
            var fields = JsonFields.ofObject(answer.row());
            return new Mismatch(table, Kind.UNEXPECTED, shownKey, object(fields, fields.keySet()), null);
        }
        var postgres = JsonFields.ofObject(row.row());
        if (answer.row() == null) {
            return new Mismatch(table, Kind.MISSING, shownKey, null, object(postgres, postgres.keySet()));
        }
        var map = JsonFields.ofObject(answer.row());
        var columns = rows.differing(map, postgres, answer.unavailable());
        return new Mismatch(table, Kind.DIFFERENT, shownKey, object(map, columns), object(postgres, columns));
    }

    private static String object(Map<String, String> fields, Collection<String> columns) {
        var json = new StringBuilder("{");
        for (var column : columns) {
            if (fields.containsKey(column)) {
                append(json, column, fields.get(column));
            }
        }
        return json.append('}').toString();
    }

    private static void append(StringBuilder json, String name, String value) {
        if (json.length() > 1) {
            json.append(',');
        }
        json.append(JsonText.quotedText(name));
        json.append(':');
        if (value.length() <= LONGEST_VALUE) {
            json.append(value);
        } else {
            // A string that says so, for the report is JSON too.
            var beginning = value.substring(0, value.offsetByCodePoints(0, LONGEST_VALUE / 2));
            json.append(JsonText.quotedText(beginning + "... (" + value.length() + " characters)"));
        }
    }
}
