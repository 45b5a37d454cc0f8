package localcdc.lab.bench;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import localcdc.core.pipeline.Latency;
import localcdc.embedded.pgoutput.PgOutputDecoder;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's replication stream, read and thrown away: how soon a change can be here at all, since what a commit takes to
 * reach the disk is part of it. One thread reads, another asks.
 */
final class RawLatencyProbe implements Following.Followed {

    private static final Logger LOG = LoggerFactory.getLogger(RawLatencyProbe.class);
    private static final String SLOT = "bench_raw_latency";
    private static final long MICROS = 1_000_000;
    /** In a Begin message: behind its kind and the commit's place. */
    private static final int COMMIT_TIME_AT = 1 + Long.BYTES;

    private final Latency latency = new Latency();
    private final Following following;

    private RawLatencyProbe(Probe probe) {
        this.following = new Following(probe, this);
    }

    static Map<String, Double> run(Probe probe) throws Exception {
        var measured = new RawLatencyProbe(probe);
        try (var connection = probe.postgres().openForReplication(RawProbes.APPLICATION)) {
            connection
                    .unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .createReplicationSlot()
                    .logical()
                    .withSlotName(SLOT)
                    .withOutputPlugin("pgoutput")
                    .withTemporaryOption()
                    .make();
            var stream = RawProbes.open(connection, SLOT);
            var thread = new Thread(() -> measured.read(stream), "stream");
            thread.setDaemon(true);
            thread.start();
            measured.following.obey(Map.of());
            return Map.of();
        }
    }

    private void read(PGReplicationStream stream) {
        try {
            long committed = 0;
            while (true) {
                ByteBuffer message = stream.read();
                int start = message.position();
                switch (message.get(start)) {
                    case 'B' ->
                        committed = message.getLong(start + COMMIT_TIME_AT) + PgOutputDecoder.POSTGRES_EPOCH_MICROS;
                    case 'I', 'U', 'D' -> {
                        var now = Instant.now();
                        latency.record(now.getEpochSecond() * MICROS + now.getNano() / 1000 - committed);
                        following.one();
                    }
                    default -> {
                        // Commit, and the table's description.
                    }
                }
            }
        } catch (SQLException e) {
            LOG.debug("the stream was closed", e);
        }
    }

    @Override
    public Map<String, Double> latency() {
        var values = new TreeMap<String, Double>();
        RunningMap.put(values, "", latency);
        return values;
    }

    @Override
    public void resetLatency() {
        latency.reset();
    }
}
