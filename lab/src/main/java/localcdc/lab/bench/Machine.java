package localcdc.lab.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import localcdc.common.cli.VersionText;
import localcdc.stack.LocalKafka;

/** What the measurements were made on and with, as names and values in a stable order. */
public final class Machine {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final long MIB = 1024 * 1024;

    private Machine() {}

    /** Looks at this machine, for a measurement of these figures. */
    static Map<String, String> describe(BenchSettings settings, String postgres, String recvlogical)
            throws IOException {
        var facts = describe(postgres);
        facts.put("pg_recvlogical", recvlogical);
        facts.put("table", settings.rows() + " rows of inventory.customers");
        facts.put(
                "workload",
                settings.changes() + " changes in transactions of " + StreamWorkload.CHANGES_A_TRANSACTION + " ("
                        + StreamWorkload.INSERTS + " inserts, " + StreamWorkload.UPDATES + " updates, "
                        + StreamWorkload.DELETES + " deletes)");
        facts.put("rounds", Integer.toString(settings.rounds()));
        facts.put(
                "options of our JVM",
                settings.jvmOptions().isEmpty() ? "none" : String.join(" ", settings.jvmOptions()));
        return facts;
    }

    /**
     * Looks at this machine.
     *
     * @param postgres the server's version
     * @return a map of the caller's own
     */
    public static Map<String, String> describe(String postgres) throws IOException {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var facts = new LinkedHashMap<String, String>();
        facts.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("processor", system.getAvailableProcessors() + " x " + processor());
        facts.put("memory", system.getTotalMemorySize() / MIB + " MiB");
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("java", Runtime.version() + " " + System.getProperty("java.vm.name"));
        facts.put("postgres", postgres + ", fsync on");
        if (!LocalKafka.javaOptions().isEmpty()) {
            facts.put("options of Kafka's JVMs", String.join(" ", LocalKafka.javaOptions()));
        }
        facts.put("lab", new VersionText().version() + ", Debezium " + new VersionText().debezium());
        return facts;
    }

    private static String processor() throws IOException {
        if (Files.isReadable(CPU_INFO)) {
            try (var lines = Files.lines(CPU_INFO)) {
                var model = lines.filter(line -> line.startsWith("model name")).findFirst();
                if (model.isPresent()) {
                    return model.get().substring(model.get().indexOf(':') + 1).strip();
                }
            }
        }
        return System.getProperty("os.arch");
    }
}
