package localcdc.lab.compare;

import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import localcdc.common.verify.TrustCheck;
import localcdc.core.source.SourceException;
import localcdc.core.verify.VerifyReport;
import localcdc.lab.bench.BenchKafka;
import localcdc.lab.bench.BenchServer;
import localcdc.lab.bench.FeedingWorker;
import localcdc.lab.bench.ProbeLine;
import localcdc.lab.bench.ProbeProcess;
import localcdc.lab.bench.ProcessUse;

/**
 * One path while it runs: its runner in a JVM of its own, and before it, where it has one, a Connect worker of its own. For
 * one thread at a time; close takes away what it has made.
 */
final class RunningPath implements AutoCloseable {

    private interface Closing {
        void close() throws SourceException, SQLException, IOException;
    }

    private final Contender contender;
    private final BenchServer server;
    private final ArrayDeque<Closing> closing = new ArrayDeque<>();
    private final Map<String, Long> processes = new TreeMap<>();
    private ProbeProcess probe;
    private int port;

    private RunningPath(Contender contender, BenchServer server) {
        this.contender = contender;
        this.server = server;
    }

    /** Starts it and waits until its map holds the table. */
    static RunningPath start(Contender contender, BenchServer server, BenchKafka kafka, int rows)
            throws SourceException, SQLException, IOException, InterruptedException {
        var path = new RunningPath(contender, server);
        boolean started = false;
        try {
            path.open(kafka, rows);
            started = true;
            return path;
        } finally {
            if (!started) {
                path.close();
            }
        }
    }

    private void open(BenchKafka kafka, int rows)
            throws SourceException, SQLException, IOException, InterruptedException {
        var arguments = new HashMap<>(Map.of("slot", contender.slot()));
        if (contender.connector().isPresent()) {
            var worker = new FeedingWorker(server, kafka, contender.connector().get(), contender.slot());
            closing.push(worker::close);
            kafka.makeTopic(worker.topic());
            worker.startWithSnapshot();
            kafka.awaitRecords(worker.topic(), rows);
            processes.put("broker", kafka.pid());
            processes.put("connect", worker.pid());
            arguments.put("bootstrap", kafka.bootstrapServers());
            arguments.put("topic", worker.topic());
        } else {
            closing.push(() -> server.dropSlot(contender.slot()));
        }
        probe = ProbeProcess.start(server.settings(), List.of(), contender.variant(), arguments);
        closing.push(probe::close);
        port = probe.await(ProbeLine.READY).getOrDefault("port", 0.0).intValue();
        processes.put("runner", probe.pid());
    }

    Contender contender() {
        return contender;
    }

    /** Forgets the latencies recorded so far. */
    void mark() throws IOException {
        probe.order("mark");
    }

    /** The latencies recorded since. */
    Map<String, Double> latency() throws IOException, InterruptedException {
        probe.order("report");
        return probe.await(ProbeLine.RESULT);
    }

    /** From now on it counts changes; returns when it does. */
    void count(int changes) throws IOException, InterruptedException {
        probe.order("count " + changes);
        probe.await(ProbeLine.READY);
    }

    /** Waits until so many have been applied. */
    void awaitCount() throws IOException, InterruptedException {
        probe.await(ProbeLine.RESULT);
    }

    /** CPU of each process so far, in seconds. */
    Map<String, Double> cpuSeconds() {
        var seconds = new TreeMap<String, Double>();
        processes.forEach((name, pid) -> seconds.put(name, ProcessUse.cpuSeconds(List.of(pid))));
        return seconds;
    }

    /** Memory of each process; empty where the system does not tell. */
    Map<String, Double> residentMib() {
        var mib = new TreeMap<String, Double>();
        processes.forEach((name, pid) -> ProcessUse.residentMib(List.of(pid)).ifPresent(value -> mib.put(name, value)));
        return mib;
    }

    /** Compares the map with Postgres, over HTTP as the command {@code verify} does. */
    Optional<VerifyReport> verify() throws InterruptedException {
        if (!contender.hasRows()) {
            return Optional.empty();
        }
        try (var check = new TrustCheck(() -> URI.create("http://127.0.0.1:" + port), server::settings, () -> 0)) {
            return Optional.of(check.compare().report());
        }
    }

    /** Lets the runner end by itself, so that it takes its slot away. */
    void end() throws IOException, InterruptedException {
        probe.order("end");
        probe.await(ProbeLine.RESULT);
    }

    @Override
    public void close() throws SourceException, SQLException, IOException {
        while (!closing.isEmpty()) {
            closing.pop().close();
        }
    }
}
