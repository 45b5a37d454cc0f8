package localcdc.stack;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;

/** How a Kafka broker is prepared, started and recognised. */
final class BrokerProgram implements ServerProcess.Program {
    static final String HOST = "127.0.0.1";
    static final int NODE = 1;

    private static final Duration FORMAT_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final String META = "meta.properties";
    private static final String MAIN_CLASS = "kafka.Kafka";

    private final LocalKafkaBuilder builder;
    private volatile int port;
    private int controllerPort;
    private volatile Map<String, Integer> listenerPorts = Map.of();
    private KafkaPrograms programs;
    private Path data;
    private volatile String cluster;

    BrokerProgram(LocalKafkaBuilder builder) {
        this.builder = builder;
        this.port = builder.port;
    }

    int port() {
        return port;
    }

    int port(String listener) {
        Integer known = listenerPorts.get(listener);
        if (known == null) {
            throw new IllegalArgumentException(
                    "there is no listener " + listener + " of the builder's, or no start yet that gave it a port");
        }
        return known;
    }

    @Override
    public String name() {
        return "Kafka";
    }

    @Override
    public Duration grace() {
        return GRACE;
    }

    @Override
    public void prepare(WorkFolder work, Path folder) throws IOException {
        programs = KafkaPrograms.unpack(work);
        data = builder.data == null ? folder.resolve("data") : builder.data;
        writeLogging(folder);
    }

    @Override
    public boolean takeFreePorts() {
        if (builder.port == 0) {
            port = FreePort.find();
        }
        Set<Integer> taken = new HashSet<>(Set.of(port));
        controllerPort = freePortBeside(taken);
        Map<String, Integer> ports = new LinkedHashMap<>();
        builder.listeners.keySet().forEach(name -> ports.put(name, freePortBeside(taken)));
        listenerPorts = ports;
        return true;
    }

    private static int freePortBeside(Set<Integer> taken) {
        int free;
        do {
            free = FreePort.find();
        } while (!taken.add(free));
        return free;
    }

    @Override
    public List<Integer> ports() {
        List<Integer> all = new ArrayList<>(List.of(port, controllerPort));
        all.addAll(listenerPorts.values());
        return all;
    }

    @Override
    public List<String> command(Path folder) throws IOException {
        Path settings = folder.resolve("server.properties");
        write(settings, builder.settingsFor(HOST, port, controllerPort, listenerPorts, data));
        if (!Files.exists(data.resolve(META))) {
            format(folder, settings);
        }
        cluster = clusterId();
        // A heap that holds a few of the largest rows; files are read through the system's cache, outside of it.
        return programs.server(MAIN_CLASS, folder, List.of("-Xms256m", "-Xmx512m"), settings);
    }

    @Override
    public ClassArchive classArchive() {
        return programs.classArchive(MAIN_CLASS);
    }

    /** Asks for our cluster's id: another broker that listens on the port is not ours. */
    @Override
    public boolean isReady() {
        return BrokerProbe.servingCluster(port).filter(cluster::equals).isPresent();
    }

    /** What a broker's first start requires: a data folder that knows its cluster. */
    private void format(Path folder, Path settings) throws IOException {
        Files.createDirectories(data);
        Path log = folder.resolve("format.log");
        List<String> command = programs.tool(
                "kafka.tools.StorageTool",
                folder,
                List.of("format", "--config", settings.toString(), "--cluster-id", newClusterId()));
        try (GuardedProcess tool =
                GuardedProcess.command(command).directory(folder).logFile(log).start()) {
            if (!tool.waitFor(FORMAT_TIMEOUT)) {
                throw new StackException(
                        "Kafka's storage tool was not done after " + FORMAT_TIMEOUT.toSeconds() + " s.\n"
                                + PostgresFolder.tail(log),
                        "See whether the disk of " + data + " is very slow.");
            }
            if (tool.onExit().join() != 0) {
                throw new StackException(
                        "Kafka's storage tool failed with exit code "
                                + tool.onExit().join() + ".\n" + PostgresFolder.tail(log),
                        "Its output above says why.");
            }
        }
    }

    /** 16 random bytes in the alphabet that Kafka prints ids in; one that looks like an option would be taken for one. */
    private static String newClusterId() {
        String id;
        do {
            UUID random = UUID.randomUUID();
            byte[] bytes = ByteBuffer.allocate(16)
                    .putLong(random.getMostSignificantBits())
                    .putLong(random.getLeastSignificantBits())
                    .array();
            id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        } while (id.startsWith("-"));
        return id;
    }

    private String clusterId() throws IOException {
        Properties meta = new Properties();
        try (InputStream file = Files.newInputStream(data.resolve(META))) {
            meta.load(file);
        }
        String id = meta.getProperty("cluster.id");
        if (id == null) {
            throw new StackException(
                    data.resolve(META) + " names no cluster.id.", "Name an empty or a new folder for Kafka's data.");
        }
        return id;
    }

    static void write(Path file, Map<String, String> settings) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        try (Writer out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
    }

    /** Everything to the one log file, without what is said again and again. */
    static void writeLogging(Path folder) throws IOException {
        try (InputStream settings = BrokerProgram.class.getResourceAsStream("log4j2.properties")) {
            Files.write(folder.resolve("log4j2.properties"), settings.readAllBytes());
        }
    }
}
