package localcdc.lab.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Stretches of time with a steady load or with none, and what a probe that follows the stream says of them. For one thread. */
final class LatencyStretch {

    /** Changes a second, and of each transaction. */
    record Load(int rate, int changesPerTransaction) {}

    static final Load LOW = new Load(200, 1);
    static final Load HIGH = new Load(2000, 10);

    private final ProbeProcess probe;
    private final OpenLoad load;
    private final Map<String, List<Long>> servers;

    /** @param servers further processes of the path, by name: their CPU counts as well */
    LatencyStretch(ProbeProcess probe, OpenLoad load, Map<String, List<Long>> servers) {
        this.probe = probe;
        this.load = load;
        this.servers = servers;
    }

    /** Puts on a load for so long, unmeasured. */
    void run(Load wanted, int seconds) throws SQLException {
        load.run(wanted.rate(), wanted.changesPerTransaction(), seconds);
    }

    /** Puts on a load for so long; the values' names begin with {@code name} and a dot. */
    Map<String, Double> measure(String name, Load wanted, int seconds)
            throws SQLException, IOException, InterruptedException {
        var achieved = new double[1];
        var values =
                measured(name, () -> achieved[0] = load.run(wanted.rate(), wanted.changesPerTransaction(), seconds));
        values.put(name + ".changesPerSecond", achieved[0]);
        return values;
    }

    /** The same without a load. */
    Map<String, Double> measureIdle(String name, int seconds) throws SQLException, IOException, InterruptedException {
        return measured(name, () -> TimeUnit.SECONDS.sleep(seconds));
    }

    private interface Stretch {
        void run() throws SQLException, InterruptedException;
    }

    /** CPU is a share of a core: the reader's own, each server's, and as {@code cpu} all of them together. */
    private Map<String, Double> measured(String name, Stretch stretch)
            throws SQLException, IOException, InterruptedException {
        probe.order("mark");
        long began = System.nanoTime();
        var before = new TreeMap<String, Double>();
        servers.forEach((server, pids) -> before.put(server, ProcessUse.cpuSeconds(pids)));
        stretch.run();
        probe.order("report");
        var report = probe.await(ProbeLine.RESULT);
        double seconds = (System.nanoTime() - began) / 1e9;
        double all = report.get("cpu");
        report.put("cpu.runner", all);
        for (var one : servers.entrySet()) {
            double used = (ProcessUse.cpuSeconds(one.getValue()) - before.get(one.getKey())) / seconds;
            report.put("cpu." + one.getKey(), used);
            all += used;
        }
        report.put("cpu", all);
        var values = new TreeMap<String, Double>();
        report.forEach((key, value) -> values.put(name + "." + key, value));
        return values;
    }
}
