package localcdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How a Connect worker is prepared, started and recognised. */
final class WorkerProgram implements ServerProcess.Program {
    static final String HOST = "127.0.0.1";

    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final String CONNECTOR = "debezium-connector-postgres";
    private static final String MAIN_CLASS = "org.apache.kafka.connect.cli.ConnectDistributed";

    private final LocalConnectBuilder builder;
    private final ConnectRest rest;
    private volatile int port;
    private KafkaPrograms programs;

    WorkerProgram(LocalConnectBuilder builder) {
        this.builder = builder;
        this.port = builder.port;
        this.rest = new ConnectRest(() -> "http://" + HOST + ":" + port);
    }

    int port() {
        return port;
    }

    ConnectRest rest() {
        return rest;
    }

    @Override
    public String name() {
        return "Kafka Connect";
    }

    @Override
    public Duration grace() {
        return GRACE;
    }

    @Override
    public void prepare(WorkFolder work, Path folder) throws IOException {
        programs = KafkaPrograms.unpack(work);
        BrokerProgram.writeLogging(folder);
        Files.createDirectories(secrets(folder));
        Path connector = plugins(folder).resolve(CONNECTOR);
        programs.linkConnectorInto(connector);
        for (LocalConnectBuilder.Plugin plugin : builder.plugins) {
            plugin.writeTo(connector);
        }
    }

    private static Path plugins(Path folder) {
        return folder.resolve("plugins");
    }

    /** One file for each secret, named as in a Kubernetes volume of a Secret. */
    static Path secrets(Path folder) {
        return folder.resolve("secrets");
    }

    @Override
    public boolean takeFreePorts() {
        if (builder.port == 0) {
            port = FreePort.find();
        }
        return builder.port == 0;
    }

    @Override
    public List<Integer> ports() {
        return List.of(port);
    }

    @Override
    public List<String> command(Path folder) throws IOException {
        Path settings = folder.resolve("worker.properties");
        BrokerProgram.write(settings, builder.settingsFor(HOST, port, plugins(folder), secrets(folder)));
        // The zone gets into Debezium's connections, and so into what Postgres prints.
        List<String> options = List.of("-Xms256m", "-Xmx1g", "-Duser.timezone=UTC");
        return programs.server(MAIN_CLASS, folder, options, settings);
    }

    @Override
    public ClassArchive classArchive() {
        return programs.classArchive(MAIN_CLASS);
    }

    /** The REST interface answers sooner than the worker has joined its group; only then it takes connectors. */
    @Override
    public boolean isReady() {
        return rest.isHealthy();
    }
}
