package localcdc.lab.demo;

import java.util.HashMap;
import java.util.Map;

/** What each of several takes of one core between two looks at the CPU that it has used. For one thread at a time. */
final class CpuShares {

    private Map<String, Double> secondsBefore = Map.of();
    private long nanosBefore;

    /**
     * Looks.
     *
     * @param seconds what each has used so far, by name
     * @return cores by name, since the look before; nothing of one that was not seen then. One that has begun anew has used less, and
     *     takes none
     */
    Map<String, Double> since(Map<String, Double> seconds) {
        long now = System.nanoTime();
        double passed = (now - nanosBefore) / 1e9;
        var cores = new HashMap<String, Double>();
        seconds.forEach((name, used) -> {
            var before = secondsBefore.get(name);
            if (before != null) {
                cores.put(name, Math.max(0, used - before) / passed);
            }
        });
        secondsBefore = Map.copyOf(seconds);
        nanosBefore = now;
        return cores;
    }
}
