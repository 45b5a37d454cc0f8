package localcdc.lab.demo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import localcdc.lab.bench.ProcessUse;

/**
 * What each process uses: CPU since the last look, of one core, and memory. Processes of a server that has several (Postgres) are
 * counted together, without their memory, most of which they share. Any thread.
 */
final class ProcessFigures {

    private static final long SHORTEST_NANOS = 900_000_000;

    private final Supplier<Map<String, Long>> processes;
    private Map<String, Double> cpuBefore = Map.of();
    private long nanosBefore;
    private List<Map<String, Object>> latest = List.of();

    /** @param processes the first process of each, by name */
    ProcessFigures(Supplier<Map<String, Long>> processes) {
        this.processes = processes;
    }

    /** {@code [{"name":"lab","cpuCores":0.2,"residentMib":410.5}]}; null for what is not known. */
    synchronized List<Map<String, Object>> latest() {
        long now = System.nanoTime();
        if (now - nanosBefore < SHORTEST_NANOS) {
            return latest;
        }
        var cpu = new HashMap<String, Double>();
        var figures = new ArrayList<Map<String, Object>>();
        processes.get().forEach((name, pid) -> {
            var family = family(name, pid);
            double seconds = ProcessUse.cpuSeconds(family);
            cpu.put(name, seconds);
            var before = cpuBefore.get(name);
            var one = new LinkedHashMap<String, Object>();
            one.put("name", name);
            one.put("cpuCores", before == null ? null : Math.max(0, seconds - before) / ((now - nanosBefore) / 1e9));
            var resident = ProcessUse.residentMib(List.of(pid));
            one.put("residentMib", family.size() > 1 || resident.isEmpty() ? null : resident.getAsDouble());
            figures.add(one);
        });
        cpuBefore = cpu;
        nanosBefore = now;
        latest = List.copyOf(figures);
        return latest;
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
