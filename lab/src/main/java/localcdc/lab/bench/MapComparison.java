package localcdc.lab.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.SQLException;
import localcdc.common.pg.PgSettings;
import localcdc.core.event.PrimaryKey;
import localcdc.core.index.IndexReader;
import localcdc.core.source.SourceException;
import localcdc.core.value.JsonEquality;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares the whole map with Postgres at rest, row by row with what Postgres prints for it. */
final class MapComparison {

    private static final Logger LOG = LoggerFactory.getLogger(MapComparison.class);
    private static final int FETCH_ROWS = 5000;

    private MapComparison() {}

    /** Whether the map holds the table's rows and no others. */
    static boolean isEqual(IndexReader map, PgSettings postgres) throws SQLException, SourceException, IOException {
        long rows = 0;
        long different = 0;
        try (var connection = postgres.open("localcdc bench comparison")) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.setFetchSize(FETCH_ROWS);
                try (var result =
                        statement.executeQuery("SELECT id, to_jsonb(t)::text FROM inventory.customers AS t")) {
                    while (result.next()) {
                        rows++;
                        different += same(map, result.getLong(1), result.getString(2)) ? 0 : 1;
                    }
                }
            }
        }
        long size = map.table(BenchTable.ID).orElseThrow().size();
        if (different > 0 || size != rows) {
            LOG.error(
                    "The map holds {} rows, Postgres {}; {} of those are not the same in the map.",
                    size,
                    rows,
                    different);
        }
        return different == 0 && size == rows;
    }

    private static boolean same(IndexReader map, long id, String json) throws IOException {
        var state = map.get(BenchTable.ID, PrimaryKey.of(id));
        if (state.isEmpty()) {
            return false;
        }
        var row = new ByteArrayOutputStream(json.length());
        state.get().row().writeJson(row);
        return JsonEquality.exact().equal(row.toByteArray(), json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
