package localcdc.lab.bench;

import java.lang.management.ManagementFactory;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import localcdc.embedded.server.Engine;

/** How much heap a map takes: what is in use while it is there, less what is in use once it is gone. */
final class MemoryProbes {

    private static final int COLLECTIONS = 4;
    private static final int FETCH_ROWS = 5000;

    private MemoryProbes() {}

    /** The map that the runner builds; the runner is closed before anything is measured. */
    static Map<String, Double> map(Probe probe) throws Exception {
        try (var map = RunningMap.embedded(probe.postgres(), Engine.DEBEZIUM, Map.of())) {
            map.pipeline().caughtUp().join();
            double equal = MapComparison.isEqual(map.pipeline().reader(), probe.postgres()) ? 1 : 0;
            map.stop();
            var indexer = map.pipeline().indexer();
            // A map without tables takes the place of the one that is full.
            var values = measured(
                    probe.number("rows"), () -> indexer.beginRebuild(List.of()).complete());
            values.put(Measurement.EQUAL, equal);
            return values;
        }
    }

    /** What one would write first: a map from the id to a map from column names to values as Debezium gives them. */
    static Map<String, Double> linkedMaps(Probe probe) throws Exception {
        var held = new AtomicReference<>(loadLinkedMaps(probe));
        return measured(probe.number("rows"), () -> held.set(Map.of()));
    }

    private static Map<Integer, Map<String, Object>> loadLinkedMaps(Probe probe) throws Exception {
        var maps = new HashMap<Integer, Map<String, Object>>();
        try (var connection = probe.postgres().open("localcdc bench")) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.setFetchSize(FETCH_ROWS);
                try (var result = statement.executeQuery("SELECT * FROM inventory.customers")) {
                    while (result.next()) {
                        maps.put(result.getInt(1), linkedMap(result));
                    }
                }
            }
        }
        return maps;
    }

    private static Map<String, Object> linkedMap(ResultSet row) throws SQLException {
        var map = new LinkedHashMap<String, Object>();
        map.put("id", row.getInt(1));
        map.put("first_name", row.getString(2));
        map.put("last_name", row.getString(3));
        map.put("email", row.getString(4));
        map.put("balance", row.getBigDecimal(5));
        map.put("updated_at", row.getObject(6, OffsetDateTime.class).toInstant().toString());
        map.put("profile", row.getString(7));
        return map;
    }

    private static Map<String, Double> measured(int rows, Runnable letGo) {
        long with = usedBytes();
        letGo.run();
        long without = usedBytes();
        var values = new TreeMap<String, Double>();
        values.put(Measurement.COUNT, (double) rows);
        values.put(Measurement.BYTES_A_ROW, (with - without) / (double) rows);
        return values;
    }

    /** Bytes of the heap in use once everything that is free has been freed. */
    private static long usedBytes() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
