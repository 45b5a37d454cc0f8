package localcdc.common.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import localcdc.core.event.TableId;

/**
 * The statements that read one table. Names are quoted and functions named with their schema, so that no object of the
 * same name gets in between. Immutable.
 *
 * @param partitioned whether the rows are those of its partitions
 * @param columns the columns to read
 * @param key the primary key's columns
 */
record TableSql(TableId table, boolean partitioned, List<String> columns, List<KeyColumn> key) {

    /** A row whose JSON has more bytes is fetched by itself, so that a batch of rows takes little memory. */
    static final int SMALL_BYTES = 8192;

    /**
     * A column of the primary key.
     *
     * @param type as SQL declares it
     * @param collation as SQL names it, or empty
     * @param equality the operator of the key's index, as SQL names it; empty where the type's JSON form cannot be read back
     */
    record KeyColumn(String name, String type, String collation, String equality) {}

    TableSql {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    /** Whether rows are found by the key's index: every value of the key can be read back. */
    boolean usesIndex() {
        return key.stream().noneMatch(column -> column.equality().isEmpty());
    }

    /** The rows: key, size, JSON if small, else the place, xmax. */
    String scan() {
        return "SELECT s.k, " + sizeJsonAndPlace() + ", s.x FROM (SELECT " + keyJson() + " AS k, " + rowAndPlace()
                + " FROM " + from() + rowParts() + " OFFSET 0) AS s";
    }

    /** The rows with the keys given by one JSON array: number of the key, size, JSON if small, else the place, xmax. */
    String lookUp() {
        return "SELECT s.n, " + sizeJsonAndPlace() + ", s.x FROM (SELECT a.n, " + rowAndPlace() + " FROM " + givenKeys()
                + " JOIN " + from() + " ON " + joined() + rowParts() + " OFFSET 0) AS s";
    }

    /** The numbers of those keys, given by one JSON array, that a row has. */
    String existing() {
        return "SELECT a.n FROM " + givenKeys() + " JOIN " + from() + " ON " + joined();
    }

    /** The JSON of the rows at some places, given as an array of table oids and one of ctids: place and JSON. */
    String large() {
        return "SELECT t.tableoid::text || t.ctid::text, pg_catalog.to_jsonb(r.*)::text FROM " + from() + rowParts()
                + " WHERE t.ctid = ANY (?::tid[]) AND (t.tableoid, t.ctid) IN"
                + " (SELECT u.o, u.c FROM unnest(?::oid[], ?::tid[]) AS u(o, c))";
    }

    /** The key of a row that has the escape in that column, which is given as a pattern. */
    String withPattern(String column) {
        return "SELECT " + keyJson() + " FROM " + from() + " WHERE t." + TableId.quote(column)
                + "::text OPERATOR(pg_catalog.~) ? LIMIT 1";
    }

    private String from() {
        return (partitioned ? "" : "ONLY ") + table.quoted() + " AS t";
    }

    private String keyJson() {
        return "pg_catalog.jsonb_build_array(" + list(key, column -> "t." + TableId.quote(column.name())) + ")::text";
    }

    /** The columns as a row of their own: a whole row with some left out. */
    private String rowParts() {
        return " CROSS JOIN LATERAL (SELECT " + list(columns, column -> "t." + TableId.quote(column)) + ") AS r";
    }

    private static String rowAndPlace() {
        return "pg_catalog.to_jsonb(r.*)::text AS j, t.tableoid AS o, t.ctid AS c, t.xmax::text AS x";
    }

    private static String sizeJsonAndPlace() {
        var small = "octet_length(s.j) <= " + SMALL_BYTES;
        return "octet_length(s.j), CASE WHEN " + small + " THEN s.j END, CASE WHEN NOT " + small
                + " THEN s.o::text END, CASE WHEN NOT " + small + " THEN s.c::text END";
    }

    private String givenKeys() {
        var fields = new ArrayList<String>();
        var declared = new ArrayList<String>();
        for (int i = 0; i < key.size(); i++) {
            var column = key.get(i);
            fields.add("'k" + i + "', a.k -> " + i);
            declared.add("k" + i + " "
                    + (column.equality().isEmpty()
                            ? "pg_catalog.jsonb"
                            : column.type() + (column.collation().isEmpty() ? "" : " COLLATE " + column.collation())));
        }
        return "pg_catalog.jsonb_array_elements(?::pg_catalog.jsonb) WITH ORDINALITY AS a(k, n)"
                + " CROSS JOIN LATERAL pg_catalog.jsonb_to_record(pg_catalog.jsonb_build_object("
                + String.join(", ", fields) + ")) AS p(" + String.join(", ", declared) + ")";
    }

    private String joined() {
        return IntStream.range(0, key.size())
                .mapToObj(i -> {
                    var column = key.get(i);
                    var own = "t." + TableId.quote(column.name());
                    return column.equality().isEmpty()
                            ? "pg_catalog.to_jsonb(" + own + ") = p.k" + i
                            : own + " OPERATOR(" + column.equality() + ") p.k" + i;
                })
                .collect(Collectors.joining(" AND "));
    }

    private static <T> String list(List<T> parts, Function<T, String> text) {
        return parts.stream().map(text).collect(Collectors.joining(", "));
    }
}
