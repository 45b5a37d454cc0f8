package localcdc.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import localcdc.core.event.KeyReader;
import localcdc.core.event.RowShape;
import localcdc.core.value.ColumnInfo;
import localcdc.core.value.PgType;
import localcdc.core.value.PgTypeReader;
import localcdc.embedded.server.CapturedTable;

/**
 * A captured table together with its columns' types, as they were when it was read.
 *
 * @param keyShape the shape of a row of which only the key is known
 * @param columns one for each of the table's captured columns, with its type
 */
record CapturedShape(CapturedTable table, RowShape shape, RowShape keyShape, List<ColumnInfo> columns, KeyReader keys) {

    static CapturedShape of(CapturedTable table, List<ColumnInfo> columns) {
        var keyTypes = table.key().stream().map(key -> columns.get(key).type()).toList();
        var shape = table.shape();
        return new CapturedShape(table, shape, shape.keyOnly(), List.copyOf(columns), new KeyReader(keyTypes));
    }

    /** The columns' types. */
    List<PgType> types() {
        return columns.stream().map(ColumnInfo::type).toList();
    }

    /** Reads the types of all tables' columns, as the connection's transaction sees them. */
    static List<CapturedShape> read(Connection connection, List<CapturedTable> tables) throws SQLException {
        var columns = new PgTypeReader(connection)
                .columns(tables.stream().map(CapturedTable::oid).toList());
        var shapes = new ArrayList<CapturedShape>();
        for (var table : tables) {
            var byPosition = new HashMap<Integer, ColumnInfo>();
            for (var column : columns.getOrDefault(table.oid(), List.of())) {
                byPosition.put(column.position(), column);
            }
            var found = new ArrayList<ColumnInfo>();
            for (var column : table.columns()) {
                var info = byPosition.get(column.attnum());
                if (info == null) {
                    throw new SQLException("Column " + column.name() + " of " + table.id() + " went away meanwhile");
                }
                found.add(info);
            }
            shapes.add(of(table, found));
        }
        return shapes;
    }
}
