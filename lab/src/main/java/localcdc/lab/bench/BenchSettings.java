package localcdc.lab.bench;

import java.util.List;
import java.util.Set;

/**
 * What is to be measured. Immutable.
 *
 * @param only the figures
 * @param rounds how often
 * @param rows rows of the table; twice as many for the figure of memory
 * @param changes how many changes are streamed
 * @param jvmOptions options for the JVM of our own path's probes
 */
record BenchSettings(Set<Figure> only, int rounds, int rows, int changes, List<String> jvmOptions) {

    /** The shortest stretch of time for which latency is measured at each rate, and the longest. */
    private static final int LONGEST_SECONDS = 20;

    private static final int CHANGES_FOR_A_SECOND = 25_000;

    BenchSettings {
        only = Set.copyOf(only);
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** For how long latency is measured at each rate: 20 s, and less in a trial with few changes. */
    int latencySeconds() {
        return Math.max(1, Math.min(LONGEST_SECONDS, changes / CHANGES_FOR_A_SECOND));
    }
}
