package localcdc.core.decode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import localcdc.core.event.JsonText;
import localcdc.core.event.KeyReader;
import localcdc.core.event.RowShape;
import localcdc.core.event.TableId;
import localcdc.core.value.PgType;

/**
 * How the rows of one table look in the project's own format, and the bytes that all their records have in common, so that
 * a scanner compares instead of parsing. Immutable; nobody may write to the arrays.
 */
final class Layout {

    private final String version;
    private final RowShape shape;
    private final RowShape keyShape;
    private final KeyReader keys;
    private final List<String> columns;
    private final byte[] source;
    private final byte[] definition;
    private final byte[][] names;
    private final boolean[] kept;
    private final int[] keyPlaces;
    private final byte[][] keyNames;
    private final byte[] tombstoneEnd;
    private final RecordDecoder.Seen seen;

    /**
     * @param version the record's {@code shape}
     * @param columns the columns of {@code after} and those that are unavailable, in the table's order
     * @param key the key columns' names, in key order
     * @param keyTypes their types
     * @param leftOut columns that the map does not hold; a key's columns always stay
     */
    Layout(
            TableId table,
            String version,
            List<String> columns,
            List<String> key,
            List<PgType> keyTypes,
            Collection<String> leftOut) {
        this.version = version;
        this.columns = List.copyOf(columns);
        var held = columns.stream()
                .filter(column -> key.contains(column) || !leftOut.contains(column))
                .toList();
        var keyColumns = key.stream().mapToInt(held::indexOf).toArray();
        this.shape = new RowShape(version, table, held, keyColumns);
        this.keyShape = shape.keyOnly();
        this.keys = new KeyReader(keyTypes);
        this.source =
                utf8("{\"schema\":" + quoted(table.schema()) + ",\"table\":" + quoted(table.name()) + ",\"lsn\":");
        var types = keyTypes.stream().map(type -> quoted(type.toString())).collect(Collectors.joining(",", "[", "]"));
        this.definition = utf8("\"shape\":" + quoted(version) + ",\"key\":" + types);
        this.tombstoneEnd = utf8(",\"key\":" + types + "}");
        this.names = separated(columns);
        this.kept = new boolean[columns.size()];
        IntStream.range(0, kept.length).forEach(i -> kept[i] = held.contains(columns.get(i)));
        this.keyPlaces = key.stream().mapToInt(columns::indexOf).toArray();
        this.keyNames = separated(key);
        this.seen = new RecordDecoder.Seen(shape, keys, false);
    }

    private static byte[][] separated(List<String> names) {
        var separated = new ArrayList<byte[]>();
        for (var name : names) {
            var out = new ByteArrayOutputStream();
            out.write(separated.isEmpty() ? '{' : ',');
            out.writeBytes(JsonText.quoted(name));
            out.write(':');
            separated.add(out.toByteArray());
        }
        return separated.toArray(byte[][]::new);
    }

    private static String quoted(String text) {
        return JsonText.quotedText(text);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    String version() {
        return version;
    }

    TableId table() {
        return shape.table();
    }

    RecordDecoder.Seen seen() {
        return seen;
    }

    /** The map's rows: without the columns that are left out. */
    RowShape shape() {
        return shape;
    }

    /** A row of which only the key is known. */
    RowShape keyShape() {
        return keyShape;
    }

    KeyReader keys() {
        return keys;
    }

    /** The record's columns, those that are left out included. */
    List<String> columns() {
        return columns;
    }

    /** Schema, table and the name of the place in the log: with them {@code source} and a tombstone's header begin. */
    byte[] source() {
        return source;
    }

    /** {@code "shape":"..","key":[..]}. */
    byte[] definition() {
        return definition;
    }

    /** With what a tombstone's header ends, behind its place in the log. */
    byte[] tombstoneEnd() {
        return tombstoneEnd;
    }

    /** What stands in front of a column's value: a bracket or comma, the name, a colon. */
    byte[] name(int column) {
        return names[column];
    }

    /** Whether the map holds the column. */
    boolean isKept(int column) {
        return kept[column];
    }

    /** Where among the record's columns the key's {@code i}th column stands. */
    int keyPlace(int i) {
        return keyPlaces[i];
    }

    /** What stands in front of the value of the key's {@code i}th column in the record's key. */
    byte[] keyName(int i) {
        return keyNames[i];
    }

    int keySize() {
        return keyNames.length;
    }
}
