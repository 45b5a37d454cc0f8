package localcdc.lab.compare;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import localcdc.core.source.SourceException;
import localcdc.lab.bench.BenchKafka;
import localcdc.lab.bench.BenchServer;
import localcdc.lab.bench.BenchTable;
import localcdc.lab.bench.Machine;
import localcdc.lab.bench.OpenLoad;
import localcdc.lab.bench.StreamWorkload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The same workload through the paths: first through each alone, then through all of ours at once. Each time the table is
 * filled anew, and every path has a fresh JVM and a slot of its own.
 */
final class Comparison {

    private static final Logger LOG = LoggerFactory.getLogger(Comparison.class);

    private final BenchServer server;
    private final BenchKafka kafka;
    private final CompareSettings settings;

    private Comparison(BenchServer server, BenchKafka kafka, CompareSettings settings) {
        this.server = server;
        this.kafka = kafka;
        this.settings = settings;
    }

    /**
     * What has come out.
     *
     * @param machine what it was measured on and with
     */
    record Outcome(Map<String, String> machine, List<PathResult> results) {

        Outcome {
            results = List.copyOf(results);
        }

        /** Whether every map of ours is proven equal to Postgres. */
        boolean allEqual() {
            return results.stream().noneMatch(PathResult::isWrong);
        }
    }

    static Outcome run(CompareSettings settings)
            throws SourceException, SQLException, IOException, InterruptedException {
        LOG.info("Starting Postgres and Kafka ...");
        try (var server = BenchServer.start();
                var kafka = BenchKafka.start()) {
            var comparison = new Comparison(server, kafka, settings);
            var results = new ArrayList<PathResult>();
            for (var arrangement : arrangements(settings.defaults())) {
                results.addAll(comparison.run(arrangement));
            }
            var machine = Machine.describe(server.version());
            machine.put("table", settings.rows() + " rows of inventory.customers");
            machine.put("latency", settings.rate() + " changes/s for " + settings.seconds() + " s, open loop");
            machine.put(
                    "throughput",
                    settings.changes() + " changes in transactions of " + StreamWorkload.CHANGES_A_TRANSACTION
                            + ", written as fast as Postgres takes them");
            return new Outcome(machine, results);
        }
    }

    /** Each alone, then ours together. */
    private static List<List<Contender>> arrangements(boolean defaults) {
        var all = new ArrayList<List<Contender>>();
        var ours = new ArrayList<Contender>();
        for (var contender : Contender.values()) {
            if (contender.isOurs()) {
                ours.add(contender);
            }
            if (contender.isOurs() || defaults) {
                all.add(List.of(contender));
            }
        }
        all.add(ours);
        return all;
    }

    private List<PathResult> run(List<Contender> contenders)
            throws SourceException, SQLException, IOException, InterruptedException {
        boolean together = contenders.size() > 1;
        LOG.info("{}", together ? "all paths at once" : contenders.get(0).title() + " alone");
        BenchTable.fill(server.connection(), settings.rows());
        var opened = new ArrayDeque<RunningPath>();
        var threads = Executors.newCachedThreadPool();
        try {
            for (var contender : contenders) {
                opened.add(RunningPath.start(contender, server, kafka, settings.rows()));
            }
            var paths = List.copyOf(opened);
            var latency = latency(paths);
            var throughput = throughput(paths, threads);
            var results = new ArrayList<PathResult>();
            for (var path : paths) {
                var slow = latency.get(path.contender());
                var fast = throughput.get(path.contender());
                results.add(new PathResult(
                        path.contender(),
                        together,
                        slow.values(),
                        fast.values().get("written"),
                        fast.values().get("applied"),
                        slow.cpu(),
                        fast.cpu(),
                        path.residentMib(),
                        path.verify()));
                path.end();
            }
            return results;
        } finally {
            threads.shutdownNow();
            while (!opened.isEmpty()) {
                opened.removeLast().close();
            }
        }
    }

    /** What a path has shown in one phase, and what its processes have used for it. */
    private record Phase(Map<String, Double> values, Map<String, Double> cpu) {}

    private Map<Contender, Phase> latency(List<RunningPath> paths)
            throws SQLException, IOException, InterruptedException {
        var phases = new HashMap<Contender, Phase>();
        try (var load = new OpenLoad(server.connect(), settings.rows())) {
            LOG.info("{} changes/s for {} s, after a warm-up", settings.rate(), settings.seconds());
            load.run(settings.rate(), 1, settings.warmUpSeconds());
            var before = new HashMap<Contender, Map<String, Double>>();
            for (var path : paths) {
                path.mark();
                before.put(path.contender(), path.cpuSeconds());
            }
            long began = System.nanoTime();
            load.run(settings.rate(), 1, settings.seconds());
            for (var path : paths) {
                var used = used(before.get(path.contender()), path.cpuSeconds());
                double seconds = (System.nanoTime() - began) / 1e9;
                used.replaceAll((name, cpu) -> cpu / seconds);
                phases.put(path.contender(), new Phase(path.latency(), used));
            }
        }
        return phases;
    }

    private Map<Contender, Phase> throughput(List<RunningPath> paths, ExecutorService threads)
            throws SQLException, IOException, InterruptedException {
        LOG.info("{} changes at full speed", settings.changes());
        var before = new HashMap<Contender, Map<String, Double>>();
        for (var path : paths) {
            path.count(settings.changes());
            before.put(path.contender(), path.cpuSeconds());
        }
        long began = System.nanoTime();
        var waiting = new HashMap<Contender, Future<Phase>>();
        for (var path : paths) {
            waiting.put(path.contender(), threads.submit(() -> {
                path.awaitCount();
                double seconds = (System.nanoTime() - began) / 1e9;
                var cpu = used(before.get(path.contender()), path.cpuSeconds());
                return new Phase(Map.of("applied", settings.changes() / seconds), cpu);
            }));
        }
        new StreamWorkload(settings.rows(), settings.changes()).write(server.connection());
        double written = settings.changes() / ((System.nanoTime() - began) / 1e9);
        var phases = new HashMap<Contender, Phase>();
        for (var path : paths) {
            var phase = got(waiting.get(path.contender()));
            var values = new TreeMap<>(phase.values());
            values.put("written", written);
            phases.put(path.contender(), new Phase(values, phase.cpu()));
        }
        return phases;
    }

    private static Phase got(Future<Phase> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IOException("a path did not apply what was written", e.getCause());
        }
    }

    private static Map<String, Double> used(Map<String, Double> before, Map<String, Double> after) {
        var used = new TreeMap<String, Double>();
        after.forEach((name, seconds) -> used.put(name, seconds - before.getOrDefault(name, 0.0)));
        return used;
    }
}
