package localcdc.lab.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** P7 and P8: the time from the commit to the map at two rates, and the CPU that waiting costs. */
final class LatencyRounds {

    private static final Logger LOG = LoggerFactory.getLogger(LatencyRounds.class);

    /** Many small transactions: what has to be compiled is the work for each request, not for each change. */
    private static final LatencyStretch.Load WARM_UP = new LatencyStretch.Load(1000, 1);

    private static final int WARM_UP_STRETCHES = 5;

    private final BenchServer server;
    private final BenchSettings settings;
    private final Variant variant;
    private final Map<String, String> arguments;
    private final Map<String, List<Long>> servers;

    /**
     * @param arguments what the variant needs to know
     * @param servers further processes of the path, by name: their CPU counts as well
     */
    LatencyRounds(
            BenchServer server,
            BenchSettings settings,
            Variant variant,
            Map<String, String> arguments,
            Map<String, List<Long>> servers) {
        this.server = server;
        this.settings = settings;
        this.variant = variant;
        this.arguments = arguments;
        this.servers = servers;
    }

    /**
     * Gives servers that have only just been started enough to do, unmeasured: until their code is compiled, the 99th
     * percentile is ten times as high.
     */
    void warmUp() throws SQLException, IOException, InterruptedException {
        try (var probe = ProbeProcess.start(server.settings(), settings.jvmOptions(), variant, arguments);
                var load = new OpenLoad(server.connect(), settings.rows())) {
            probe.await(ProbeLine.READY);
            new LatencyStretch(probe, load, servers).run(WARM_UP, WARM_UP_STRETCHES * settings.latencySeconds());
            probe.order("end");
            probe.await(ProbeLine.RESULT);
        }
    }

    /** The values' names begin with the rate, or with {@code idle}. */
    List<Measurement> run(int round) throws SQLException, IOException, InterruptedException {
        var values = new TreeMap<String, Double>();
        int seconds = settings.latencySeconds();
        try (var probe = ProbeProcess.start(server.settings(), settings.jvmOptions(), variant, arguments);
                var load = new OpenLoad(server.connect(), settings.rows())) {
            probe.await(ProbeLine.READY);
            var stretch = new LatencyStretch(probe, load, servers);
            stretch.run(LatencyStretch.HIGH, seconds);
            for (var one : List.of(LatencyStretch.LOW, LatencyStretch.HIGH)) {
                stretch.run(one, Math.max(1, seconds / 10));
                values.putAll(stretch.measure(Integer.toString(one.rate()), one, seconds));
            }
            values.putAll(stretch.measureIdle("idle", seconds));
            probe.order("end");
            values.putAll(probe.await(ProbeLine.RESULT));
        }
        LOG.info("round {}: {}", round, values);
        return List.of(new Measurement(round, variant, values));
    }
}
