package localcdc.lab.bench;

import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/** What Postgres and its driver do without anybody making sense of it. */
final class RawProbes {

    static final String APPLICATION = "localcdc bench";

    private RawProbes() {}

    /** Reads pgoutput from a slot that exists and looks at nothing but each message's first byte. */
    static Map<String, Double> stream(Probe probe) throws Exception {
        var count = new ChangeCount(probe.number("changes"));
        try (var connection = probe.postgres().openForReplication(APPLICATION);
                var stream = open(connection, probe.argument("slot"))) {
            int left = probe.number("changes");
            while (left > 0) {
                var message = stream.read();
                switch (message.get(message.position())) {
                    case 'I', 'U', 'D' -> {
                        count.one();
                        left--;
                    }
                    default -> {
                        // Begin, commit, and the table's description.
                    }
                }
            }
        }
        return count.await();
    }

    /** Reads the table as COPY gives it. */
    static Map<String, Double> copy(Probe probe) throws Exception {
        try (var connection = probe.postgres().open(APPLICATION)) {
            var copying = connection.unwrap(PGConnection.class).getCopyAPI();
            long began = System.nanoTime();
            long cpu = ChangeCount.cpuNanos();
            long rows = copying.copyOut("COPY inventory.customers TO STDOUT", OutputStream.nullOutputStream());
            var values = new TreeMap<String, Double>();
            values.put(Measurement.COUNT, (double) rows);
            values.put(Measurement.SECONDS, (System.nanoTime() - began) / 1e9);
            values.put(Measurement.CPU_SECONDS, (ChangeCount.cpuNanos() - cpu) / 1e9);
            return values;
        }
    }

    /** A stream from a slot of this connection's server, as nobody has tuned it; the connection is in replication mode. */
    static PGReplicationStream open(Connection replication, String slot) throws SQLException {
        return replication
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", BenchTable.PUBLICATION)
                .start();
    }
}
