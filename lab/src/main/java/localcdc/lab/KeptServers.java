package localcdc.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import localcdc.common.cli.StopSignal;
import localcdc.core.source.SourceException;
import localcdc.stack.LocalPostgres;
import localcdc.stack.LocalServer;
import localcdc.stack.StackException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lab's own servers running: starts one again that has ended, since somebody may kill it to see what happens. One that was
 * stopped here stays so until it is to run again. Any thread; starts and stops happen one after the other.
 */
public final class KeptServers {

    private static final Logger LOG = LoggerFactory.getLogger(KeptServers.class);

    /** A server that ends sooner than this after its start has something that another start does not mend. */
    private static final Duration STEADY = Duration.ofSeconds(5);

    private static final int QUICK_ENDS = 3;
    private static final Duration ROUND = Duration.ofSeconds(1);

    private final List<Kept> servers = new CopyOnWriteArrayList<>();
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private Runnable everyRound = () -> {};

    private static final class Kept {
        final String name;
        /** The server without which this one does not start. */
        final Optional<String> needs;

        final LocalServer process;
        long began = System.nanoTime();
        int quickEnds;

        Kept(String name, Optional<String> needs, LocalServer process) {
            this.name = name;
            this.needs = needs;
            this.process = process;
        }

        boolean hasEnded() {
            return process.onExit().isDone();
        }
    }

    /** Keeps this server. */
    public KeptServers add(LocalPostgres postgres) {
        servers.add(new Kept("Postgres", Optional.empty(), postgres));
        return this;
    }

    /** Keeps broker and worker, and what runs in it. */
    public KeptServers add(KafkaPlatform platform) {
        servers.add(new Kept("Kafka", Optional.empty(), platform.kafka()));
        servers.add(new Kept("Kafka Connect", Optional.of("Kafka"), platform.connect()));
        everyRound = platform::keepRunning;
        return this;
    }

    /**
     * Starts a server again whenever it has ended, until the program is asked to stop.
     *
     * @throws SourceException when one does not start any more
     */
    public void run(StopSignal stop) throws SourceException, InterruptedException {
        while (!stop.isRequested()) {
            var waiting = new ArrayList<CompletableFuture<?>>();
            waiting.add(stop.requested());
            servers.forEach(server -> waiting.add(server.process.onExit()));
            try {
                CompletableFuture.anyOf(waiting.toArray(CompletableFuture[]::new))
                        .get(ROUND.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.trace("all run", e);
            } catch (ExecutionException e) {
                throw new IllegalStateException("neither a signal nor a server's end is an exception", e);
            }
            if (stop.isRequested()) {
                return;
            }
            look();
        }
    }

    /**
     * Starts again whatever has ended by now, but for what needs a server that was stopped here.
     *
     * @throws SourceException when one does not start any more
     */
    public synchronized void look() throws SourceException {
        for (var server : servers) {
            if (!held.contains(server.name) && neededIsStopped(server).isEmpty() && server.hasEnded()) {
                restart(server);
            }
        }
        everyRound.run();
    }

    /** The names of the servers, in the order of the flow. */
    public List<String> names() {
        return servers.stream().map(server -> server.name).toList();
    }

    /** The process of each server that runs. */
    public Map<String, Long> processes() {
        var processes = new LinkedHashMap<String, Long>();
        servers.stream()
                .filter(server -> !server.hasEnded())
                .forEach(server -> processes.put(server.name, server.process.pid()));
        return processes;
    }

    /** Whether somebody has stopped this server here. */
    public boolean isStopped(String name) {
        return held.contains(name);
    }

    /** Stops a server, which stays so until {@link #start}. Without effect where it is stopped. */
    public synchronized void stop(String name) {
        var server = named(name);
        if (held.add(name)) {
            LOG.warn("{} is stopped, as was asked for.", name);
            server.process.stop();
        }
    }

    /**
     * Starts a server that was stopped here. Without effect where it was not.
     *
     * @throws StackException when it does not start; it is tried again like one that has ended. Also where it needs a server that
     *     was stopped here: then it stays stopped, too
     */
    public synchronized void start(String name) {
        var server = named(name);
        var missing = neededIsStopped(server);
        if (missing.isPresent()) {
            throw new StackException(
                    name + " does not start while " + missing.get() + " is stopped.", "Start that first.");
        }
        if (held.remove(name)) {
            server.process.start();
            server.began = System.nanoTime();
            LOG.warn("{} runs again, as was asked for.", name);
        }
    }

    private Optional<String> neededIsStopped(Kept server) {
        return server.needs.filter(held::contains);
    }

    private Kept named(String name) {
        return servers.stream()
                .filter(server -> server.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no server is called '" + name + "'"));
    }

    private static void restart(Kept server) throws SourceException {
        long before = server.process.pid();
        int code = server.process.onExit().join();
        server.quickEnds = System.nanoTime() - server.began < STEADY.toNanos() ? server.quickEnds + 1 : 0;
        if (server.quickEnds == QUICK_ENDS) {
            throw new SourceException(
                    server.name + " ended " + server.quickEnds
                            + " times right after its start, the last time with exit code " + code + ".",
                    "Its log says why: " + server.process.logFile());
        }
        LOG.warn("{} (process {}) has ended with exit code {}: starting it again.", server.name, before, code);
        try {
            server.process.start();
        } catch (StackException e) {
            throw new SourceException(e.problem(), e.remedy(), e);
        }
        server.began = System.nanoTime();
        LOG.warn(
                "{} is back on port {} with its data, process {}.",
                server.name,
                server.process.port(),
                server.process.pid());
    }
}
