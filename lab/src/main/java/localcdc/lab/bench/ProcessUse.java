package localcdc.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.OptionalDouble;

/** What other processes use of this machine. Stateless. */
public final class ProcessUse {

    private static final String RESIDENT = "VmRSS:";
    private static final double KIB_A_MIB = 1024;

    private ProcessUse() {}

    /** The CPU time that these processes have used so far, in seconds; those that have ended count nothing. */
    public static double cpuSeconds(Collection<Long> pids) {
        return pids.stream()
                        .flatMap(pid -> ProcessHandle.of(pid).stream())
                        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                        .mapToLong(Duration::toMillis)
                        .sum()
                / 1000.0;
    }

    /** The memory that they hold, in MiB; empty where the system does not tell (only Linux does). */
    public static OptionalDouble residentMib(Collection<Long> pids) {
        double sum = 0;
        for (long pid : pids) {
            var status = Path.of("/proc", Long.toString(pid), "status");
            if (!Files.isReadable(status)) {
                return OptionalDouble.empty();
            }
            try (var lines = Files.lines(status)) {
                sum += lines.filter(line -> line.startsWith(RESIDENT))
                        .mapToDouble(line -> Double.parseDouble(line.substring(RESIDENT.length())
                                .replace("kB", "")
                                .strip()))
                        .sum();
            } catch (IOException e) {
                return OptionalDouble.empty();
            }
        }
        return OptionalDouble.of(sum / KIB_A_MIB);
    }
}
