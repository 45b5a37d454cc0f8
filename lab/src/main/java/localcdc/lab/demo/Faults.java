package localcdc.lab.demo;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import localcdc.common.http.Exchange;
import localcdc.common.http.HttpProblem;
import localcdc.core.source.SourceException;
import localcdc.core.source.SourceState;
import localcdc.lab.KeptServers;
import localcdc.stack.StackException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops and starts servers and runners while everything else goes on: {@code POST /api/faults/{name}/stop} and {@code
 * .../start}, where a name is {@code postgres}, {@code kafka}, {@code kafka-connect} or {@code runner-PATH}. One thing after the
 * other, on a thread of its own. Any thread may ask.
 */
final class Faults implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
    private static final String RUNNER = "runner-";
    private static final int WAITING = 16;
    private static final long END_SECONDS = 60;

    private final KeptServers servers;
    private final List<DemoPath> paths;
    private final ThreadPoolExecutor worker = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> new Thread(task, "faults"));
    private volatile Map<String, Object> last;
    private volatile String problem = "";

    Faults(KeptServers servers, List<DemoPath> paths) {
        this.servers = servers;
        this.paths = paths;
    }

    private interface Step {
        void run() throws SourceException;
    }

    /** {@code POST /api/faults/{name}/stop}: answers 202 at once. */
    void stop(Exchange exchange) throws IOException {
        var name = exchange.path("name");
        var path = path(name);
        accept(exchange, name, "stop", path < 0 ? () -> servers.stop(server(name)) : () -> stopRunner(path));
    }

    /** {@code POST /api/faults/{name}/start}: answers 202 at once. */
    void start(Exchange exchange) throws IOException {
        var name = exchange.path("name");
        var path = path(name);
        accept(exchange, name, "start", path < 0 ? () -> servers.start(server(name)) : () -> startRunner(path));
    }

    private void accept(Exchange exchange, String name, String action, Step step) throws IOException {
        if (path(name) < 0) {
            server(name);
        }
        try {
            worker.execute(() -> run(name, action, step));
        } catch (RejectedExecutionException e) {
            throw new HttpProblem(
                    503, "Too much was asked for at once, or the demo is ending: " + action + " " + name + ".");
        }
        exchange.json(202, state());
    }

    private void run(String name, String action, Step step) {
        try {
            problem = "";
            step.run();
        } catch (SourceException e) {
            problem = e.sentences();
            LOG.warn("{} {}: {}", action, name, e.sentences(), e);
        } catch (StackException e) {
            problem = e.problem();
            LOG.warn("{} {}: {}", action, name, e.problem(), e);
        } catch (RuntimeException e) {
            problem = e.toString();
            LOG.error("{} {} has a bug", action, name, e);
        }
        var done = new LinkedHashMap<String, Object>();
        done.put("name", name);
        done.put("action", action);
        done.put("at", Instant.now().toString());
        last = done;
    }

    private void stopRunner(int path) {
        paths.get(path).stop();
    }

    private void startRunner(int path) throws SourceException {
        if (paths.get(path).pipeline().state() == SourceState.STOPPED) {
            paths.set(path, paths.get(path).startAgain());
        }
    }

    /** What can be stopped, and what is stopped, for Jackson. */
    Map<String, Object> state() {
        var all = new ArrayList<Map<String, Object>>();
        servers.names().forEach(name -> all.add(Map.of("name", shortName(name), "stopped", servers.isStopped(name))));
        paths.forEach(path -> all.add(
                Map.of("name", RUNNER + path.name(), "stopped", path.pipeline().state() == SourceState.STOPPED)));
        var state = new LinkedHashMap<String, Object>();
        state.put("parts", all);
        state.put("last", last);
        state.put("problem", problem);
        return state;
    }

    private int path(String name) {
        for (int i = 0; i < paths.size(); i++) {
            if (name.equals(RUNNER + paths.get(i).name())) {
                return i;
            }
        }
        return -1;
    }

    private String server(String name) {
        return servers.names().stream()
                .filter(server -> shortName(server).equals(name))
                .findFirst()
                .orElseThrow(() -> new HttpProblem(
                        404, "There is no '" + name + "' to stop or start, but " + String.join(", ", names()) + "."));
    }

    private List<String> names() {
        var names = new ArrayList<String>();
        servers.names().forEach(server -> names.add(shortName(server)));
        paths.forEach(path -> names.add(RUNNER + path.name()));
        return names;
    }

    private static String shortName(String server) {
        return server.toLowerCase(Locale.ROOT).replace(' ', '-');
    }

    /** Finishes what is under way. */
    @Override
    public void close() {
        worker.shutdown();
        worker.getQueue().clear();
        try {
            if (!worker.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("what was asked for last did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
