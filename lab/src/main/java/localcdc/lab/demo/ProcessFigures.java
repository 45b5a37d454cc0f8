package localcdc.lab.demo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import localcdc.lab.bench.ProcessUse;

/**
 * What each process uses, and each path of this one: CPU since the last look, of one core, and memory. Processes of a server that
 * has several (Postgres) are counted together, without their memory, most of which they share. Any thread.
 */
final class ProcessFigures {

    private static final long SHORTEST_NANOS = 900_000_000;

    /**
     * One look.
     *
     * @param processes {@code [{"name":"lab","cpuCores":0.2,"residentMib":410.5}]}; null for what is not known
     * @param coresByPath what the paths' threads take; nothing of a path that was not there at the look before
     */
    record Figures(List<Map<String, Object>> processes, Map<String, Double> coresByPath) {}

    private final Supplier<Map<String, Long>> processes;
    private final Supplier<List<DemoPath>> paths;
    private final CpuShares sharesOfProcesses = new CpuShares();
    private final CpuShares sharesOfPaths = new CpuShares();
    private long lookedAt = System.nanoTime() - SHORTEST_NANOS;
    private Figures latest;

    /**
     * @param processes the first process of each, by name
     * @param paths those that run
     */
    ProcessFigures(Supplier<Map<String, Long>> processes, Supplier<List<DemoPath>> paths) {
        this.processes = processes;
        this.paths = paths;
    }

    /** What a look finds, or what the last one has found where that was just now. */
    synchronized Figures latest() {
        long now = System.nanoTime();
        if (now - lookedAt >= SHORTEST_NANOS) {
            lookedAt = now;
            latest = new Figures(lookAtProcesses(), lookAtPaths());
        }
        return latest;
    }

    private List<Map<String, Object>> lookAtProcesses() {
        var pids = processes.get();
        var families = new HashMap<String, List<Long>>();
        var seconds = new HashMap<String, Double>();
        pids.forEach((name, pid) -> {
            var family = family(name, pid);
            families.put(name, family);
            seconds.put(name, ProcessUse.cpuSeconds(family));
        });
        var cores = sharesOfProcesses.since(seconds);
        var figures = new ArrayList<Map<String, Object>>();
        pids.forEach((name, pid) -> {
            var one = new LinkedHashMap<String, Object>();
            one.put("name", name);
            one.put("cpuCores", cores.get(name));
            var resident = ProcessUse.residentMib(List.of(pid));
            one.put("residentMib", families.get(name).size() > 1 || resident.isEmpty() ? null : resident.getAsDouble());
            figures.add(one);
        });
        return List.copyOf(figures);
    }

    private Map<String, Double> lookAtPaths() {
        var seconds = new HashMap<String, Double>();
        paths.get().forEach(path -> seconds.put(path.name(), path.threads().cpuSeconds()));
        return sharesOfPaths.since(seconds);
    }

    /** The lab's own children are the other processes. */
    private static List<Long> family(String name, long pid) {
        var all = new ArrayList<Long>();
        all.add(pid);
        if (!name.equals("lab")) {
            ProcessHandle.of(pid).ifPresent(process -> process.descendants().forEach(child -> all.add(child.pid())));
        }
        return all;
    }
}
