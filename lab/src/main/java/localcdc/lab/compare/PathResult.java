package localcdc.lab.compare;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import localcdc.core.verify.VerifyReport;

/**
 * What one path has shown. Immutable.
 *
 * @param together whether the other paths ran at the same time
 * @param latency {@code p50} and so on in milliseconds from the commit to the map, and each stage's as {@code STAGE.p50}
 * @param writtenPerSecond how fast the changes at full speed were written
 * @param appliedPerSecond the same changes by the time from the first commit until the last is in the map
 * @param latencyCpu CPU of each process while latency was measured, in cores
 * @param throughputCpuSeconds CPU of each process for the changes at full speed
 * @param residentMib memory of each process at the end; empty where the system does not tell
 * @param verify the comparison with Postgres; empty where the path has no rows to compare
 */
record PathResult(
        Contender contender,
        boolean together,
        Map<String, Double> latency,
        double writtenPerSecond,
        double appliedPerSecond,
        Map<String, Double> latencyCpu,
        Map<String, Double> throughputCpuSeconds,
        Map<String, Double> residentMib,
        Optional<VerifyReport> verify) {

    PathResult {
        latency = Map.copyOf(latency);
        latencyCpu = sorted(latencyCpu);
        throughputCpuSeconds = sorted(throughputCpuSeconds);
        residentMib = sorted(residentMib);
    }

    private static Map<String, Double> sorted(Map<String, Double> values) {
        return Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /** Whether the map was compared and is not proven equal, on a path that promises it. */
    boolean isWrong() {
        return contender.isOurs()
                && verify.map(VerifyReport::verdict)
                        .filter(verdict -> verdict != VerifyReport.Verdict.EQUAL)
                        .isPresent();
    }

    /** All processes together. */
    static double sum(Map<String, Double> byProcess) {
        return byProcess.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
