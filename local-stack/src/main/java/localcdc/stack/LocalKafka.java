package localcdc.stack;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * A real Kafka broker on loopback, without ZooKeeper (KRaft, broker and controller in one process), from the jars that the
 * build has packed.
 *
 * <p>It is a process of its own that can be stopped, killed and started again on the same ports and data. It ends when this
 * JVM ends, also by SIGKILL. {@link #close} removes its folder; what a killed JVM could not remove, the next start does.
 *
 * <p>All methods are safe for any thread; start, stop, kill and close happen one after the other. Failures are
 * {@link StackException}s with a remedy.
 */
public final class LocalKafka implements LocalServer {
    private final BrokerProgram program;
    private final ServerProcess server;

    LocalKafka(LocalKafkaBuilder builder) {
        program = new BrokerProgram(builder);
        server = new ServerProcess(program, builder.closeAtExit);
    }

    /**
     * Further options for the JVMs of broker and worker, from the environment variable {@code LAB_KAFKA_OPTS}; empty if there
     * are none.
     */
    public static List<String> javaOptions() {
        return javaOptions(System.getenv());
    }

    static List<String> javaOptions(Map<String, String> environment) {
        return Stream.of(environment.getOrDefault("LAB_KAFKA_OPTS", "").split("\\s+"))
                .filter(option -> !option.isEmpty())
                .toList();
    }

    /** Begins the description of a broker; without further settings a fresh one on a free port. */
    public static LocalKafkaBuilder builder() {
        return new LocalKafkaBuilder();
    }

    /**
     * Starts the broker and returns once it serves clients. Without effect while it runs. After {@link #stop} or
     * {@link #kill} it comes back on the same port with the same data.
     *
     * @return this
     */
    @Override
    public LocalKafka start() {
        server.start();
        return this;
    }

    /** Ends the broker; everything it has acknowledged is on disk. */
    @Override
    public void stop() {
        server.stop();
    }

    /** A crash: SIGKILL. The data stays, and the next start recovers. */
    @Override
    public void kill() {
        server.kill();
    }

    /** {@link #stop} and {@link #start}: the same ports, the same data, another pid. */
    @Override
    public void restart() {
        server.restart();
    }

    /** Stops the broker and removes its folder; a data folder that was chosen with the builder stays. May be repeated. */
    @Override
    public void close() {
        server.close();
    }

    @Override
    public boolean isAlive() {
        return server.isAlive();
    }

    @Override
    public long pid() {
        return server.pid();
    }

    @Override
    public CompletableFuture<Integer> onExit() {
        return server.onExit();
    }

    /** What the broker logs; it goes with the folder when the broker is closed. */
    @Override
    public Path logFile() {
        return server.logFile();
    }

    /** Always loopback. */
    public String host() {
        return BrokerProgram.HOST;
    }

    /** The port for clients; before the first start 0 if a free one is wanted. */
    @Override
    public int port() {
        return program.port();
    }

    /** What clients take as {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return host() + ":" + port();
    }

    /** The same for a listener that the builder was given; known once the broker has been started. */
    public String bootstrapServers(String listener) {
        return host() + ":" + program.port(listener);
    }
}
