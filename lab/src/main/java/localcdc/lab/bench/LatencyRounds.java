package localcdc.lab.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** P7: the time from the commit to the map at two rates, and the CPU that waiting costs. */
final class LatencyRounds {

    private static final Logger LOG = LoggerFactory.getLogger(LatencyRounds.class);

    /** Changes a second, and of each transaction. */
    private record Load(int rate, int changesPerTransaction) {}

    private static final Load LOW = new Load(200, 1);
    private static final Load HIGH = new Load(2000, 10);

    private final BenchServer server;
    private final BenchSettings settings;

    LatencyRounds(BenchServer server, BenchSettings settings) {
        this.server = server;
        this.settings = settings;
    }

    /** The values' names begin with the rate, or with {@code idle}. */
    List<Measurement> run(int round) throws SQLException, IOException, InterruptedException {
        var values = new TreeMap<String, Double>();
        int seconds = settings.latencySeconds();
        try (var probe = ProbeProcess.start(server.settings(), settings.jvmOptions(), Variant.MAP_LATENCY, Map.of());
                var load = new OpenLoad(server.connect(), settings.rows())) {
            probe.await(ProbeLine.READY);
            load.run(HIGH.rate(), HIGH.changesPerTransaction(), seconds);
            for (var one : List.of(LOW, HIGH)) {
                load.run(one.rate(), one.changesPerTransaction(), Math.max(1, seconds / 10));
                probe.order("mark");
                double achieved = load.run(one.rate(), one.changesPerTransaction(), seconds);
                probe.order("report");
                var report = probe.await(ProbeLine.RESULT);
                values.put(one.rate() + ".changesPerSecond", achieved);
                report.forEach((name, value) -> values.put(one.rate() + "." + name, value));
            }
            probe.order("mark");
            TimeUnit.SECONDS.sleep(seconds);
            probe.order("report");
            values.put("idle.cpu", probe.await(ProbeLine.RESULT).get("cpu"));
            probe.order("end");
            values.putAll(probe.await(ProbeLine.RESULT));
        }
        LOG.info("round {}: {}", round, values);
        return List.of(new Measurement(round, Variant.MAP_LATENCY, values));
    }
}
