package localcdc.lab.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** P7 and P8: the time from the commit to the map at two rates, and the CPU that waiting costs. */
final class LatencyRounds {

    private static final Logger LOG = LoggerFactory.getLogger(LatencyRounds.class);

    /** Changes a second, and of each transaction. */
    private record Load(int rate, int changesPerTransaction) {}

    private static final Load LOW = new Load(200, 1);
    private static final Load HIGH = new Load(2000, 10);

    /** Many small transactions: what has to be compiled is the work for each request, not for each change. */
    private static final Load WARM_UP = new Load(1000, 1);

    private static final int WARM_UP_STRETCHES = 5;

    private final BenchServer server;
    private final BenchSettings settings;
    private final Variant variant;
    private final Map<String, String> arguments;
    private final Map<String, Long> servers;

    /**
     * @param arguments what the variant needs to know
     * @param servers further processes of the path, by name: their CPU counts as well
     */
    LatencyRounds(
            BenchServer server,
            BenchSettings settings,
            Variant variant,
            Map<String, String> arguments,
            Map<String, Long> servers) {
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
            load.run(WARM_UP.rate(), WARM_UP.changesPerTransaction(), WARM_UP_STRETCHES * settings.latencySeconds());
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
            load.run(HIGH.rate(), HIGH.changesPerTransaction(), seconds);
            for (var one : List.of(LOW, HIGH)) {
                load.run(one.rate(), one.changesPerTransaction(), Math.max(1, seconds / 10));
                measure(probe, Integer.toString(one.rate()), values, () -> {
                    double achieved = load.run(one.rate(), one.changesPerTransaction(), seconds);
                    values.put(one.rate() + ".changesPerSecond", achieved);
                });
            }
            measure(probe, "idle", values, () -> TimeUnit.SECONDS.sleep(seconds));
            probe.order("end");
            values.putAll(probe.await(ProbeLine.RESULT));
        }
        LOG.info("round {}: {}", round, values);
        return List.of(new Measurement(round, variant, values));
    }

    private interface Stretch {
        void run() throws SQLException, InterruptedException;
    }

    /** CPU is a share of a core: the reader's own, each server's, and as {@code cpu} all of them together. */
    private void measure(ProbeProcess probe, String name, Map<String, Double> values, Stretch stretch)
            throws SQLException, IOException, InterruptedException {
        probe.order("mark");
        long began = System.nanoTime();
        var before = new TreeMap<String, Double>();
        servers.forEach((server, pid) -> before.put(server, ProcessUse.cpuSeconds(List.of(pid))));
        stretch.run();
        probe.order("report");
        var report = probe.await(ProbeLine.RESULT);
        double seconds = (System.nanoTime() - began) / 1e9;
        double all = report.get("cpu");
        report.put("cpu.runner", all);
        for (var one : servers.entrySet()) {
            double used = (ProcessUse.cpuSeconds(List.of(one.getValue())) - before.get(one.getKey())) / seconds;
            report.put("cpu." + one.getKey(), used);
            all += used;
        }
        report.put("cpu", all);
        report.forEach((key, value) -> values.put(name + "." + key, value));
    }
}
