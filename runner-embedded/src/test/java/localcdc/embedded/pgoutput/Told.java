package localcdc.embedded.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a decoder tells, a line for each call. */
final class Told implements PgOutputHandler {

    final List<String> lines = new ArrayList<>();

    private static String text(Tuple tuple) {
        if (tuple == null) {
            return "-";
        }
        var values = new ArrayList<String>();
        for (int i = 0; i < tuple.size(); i++) {
            values.add(
                    tuple.isNull(i)
                            ? "NULL"
                            : tuple.isUnchanged(i)
                                    ? "UNCHANGED"
                                    : new String(
                                            tuple.bytes(), tuple.start(i), tuple.length(i), StandardCharsets.UTF_8));
        }
        return values.toString();
    }

    private static String name(PgRelation relation) {
        return relation.schema() + "." + relation.name();
    }

    @Override
    public void begin(long commitLsn, long commitMicros, long txId) {
        lines.add("begin " + commitLsn + " " + commitMicros + " " + txId);
    }

    @Override
    public void commit(long endLsn) {
        lines.add("commit " + endLsn);
    }

    @Override
    public void relation(PgRelation relation) {
        lines.add("relation " + name(relation) + " "
                + relation.columns().stream().map(PgRelation.Column::name).toList());
    }

    @Override
    public void insert(PgRelation relation, Tuple row) {
        lines.add("insert " + name(relation) + " " + text(row));
    }

    @Override
    public void update(PgRelation relation, Tuple old, Tuple row) {
        lines.add("update " + name(relation) + " " + text(old) + " " + text(row));
    }

    @Override
    public void delete(PgRelation relation, Tuple old) {
        lines.add("delete " + name(relation) + " " + text(old));
    }

    @Override
    public void truncate(PgRelation relation) {
        lines.add("truncate " + name(relation));
    }

    @Override
    public void message(boolean transactional, long lsn, String prefix, byte[] message, int from, int length) {
        lines.add("message " + transactional + " " + prefix + " "
                + new String(message, from, length, StandardCharsets.UTF_8));
    }
}
