package localcdc.lab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.embedded.server.Engine;

/**
 * One variant in a JVM of its own, so that neither the heap nor the compiled code of one changes what another shows. Its
 * orders are lines on stdin, its answers {@link ProbeLine}s on stdout; it ends when the process that started it does.
 */
public final class Probe {

    private static final int PARENT_IS_GONE = 130;

    private final PgSettings postgres;
    private final Map<String, String> arguments;
    private final LinkedBlockingQueue<String> orders = new LinkedBlockingQueue<>();
    private final PrintStream out;

    private Probe(PgSettings postgres, Map<String, String> arguments, PrintStream out) {
        this.postgres = postgres;
        this.arguments = arguments;
        this.out = out;
    }

    /**
     * Measures one variant.
     *
     * @param args the variant, then settings as {@code name=value}; where Postgres is comes from the environment
     */
    public static void main(String[] args) throws Exception {
        var arguments = new java.util.TreeMap<String, String>();
        for (int i = 1; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            arguments.put(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        var environment = System.getenv();
        var postgres = new PgSettings(
                environment.get("PGHOST"),
                Integer.parseInt(environment.get("PGPORT")),
                environment.get("PGDATABASE"),
                environment.get("PGUSER"),
                environment.get("PGPASSWORD"),
                SslMode.DISABLE);
        var probe = new Probe(postgres, arguments, System.out);
        var listener = new Thread(probe::listen, "orders");
        listener.setDaemon(true);
        listener.start();
        probe.say(ProbeLine.RESULT, probe.run(Variant.valueOf(args[0])));
        // Whatever a library has left running must not keep this process.
        Runtime.getRuntime().halt(0);
    }

    private Map<String, Double> run(Variant variant) throws Exception {
        return switch (variant) {
            case MAP_STREAM -> MapProbes.stream(this);
            case MAP_SNAPSHOT -> MapProbes.snapshot(this);
            case MAP_MEMORY -> MemoryProbes.map(this);
            case MAP_LATENCY, MAP_WATCHED, MAP_ASKED -> MapProbes.latency(this, Engine.DEBEZIUM);
            case MAP_DIRECT_LATENCY -> MapProbes.latency(this, Engine.DIRECT);
            case LINKED_MEMORY -> MemoryProbes.linkedMaps(this);
            case MAP_DIRECT_STREAM -> MapProbes.directStream(this);
            case ENGINE_STREAM -> EngineProbes.stream(this, EngineProbes.Format.CONNECT);
            case ENGINE_JSON_STREAM -> EngineProbes.stream(this, EngineProbes.Format.JSON);
            case ENGINE_JSON_SCHEMAS_STREAM -> EngineProbes.stream(this, EngineProbes.Format.JSON_WITH_SCHEMAS);
            case ENGINE_SNAPSHOT -> EngineProbes.snapshot(this);
            case RAW_STREAM -> RawProbes.stream(this);
            case COPY -> RawProbes.copy(this);
            case RAW_LATENCY -> RawLatencyProbe.run(this);
            case ENGINE_LATENCY -> EngineLatencyProbe.run(this);
            case MAP_TOPIC -> MapProbes.topic(this);
            case RAW_TOPIC -> TopicProbes.raw(this);
            case READ_TREE_TOPIC, READ_TREE_STOCK_TOPIC -> TopicProbes.readTree(this);
            case GLOBAL_TABLE_TOPIC -> TopicProbes.globalTable(this);
            case MAP_KAFKA_STREAM -> MapProbes.kafkaStream(this);
            case RAW_KAFKA_STREAM, TUNED_JSON_KAFKA_STREAM, DEFAULT_KAFKA_STREAM -> TopicProbes.stream(this);
            case MAP_KAFKA_LATENCY -> MapProbes.kafkaLatency(this);
            case RECVLOGICAL -> throw new IllegalArgumentException("that is a program of its own");
        };
    }

    private void listen() {
        try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                orders.add(line);
            }
        } catch (IOException e) {
            System.err.println("stdin: " + e);
        }
        Runtime.getRuntime().halt(PARENT_IS_GONE);
    }

    PgSettings postgres() {
        return postgres;
    }

    String argument(String name) {
        var value = arguments.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name + "= among " + arguments);
        }
        return value;
    }

    int number(String name) {
        return Integer.parseInt(argument(name));
    }

    void say(String event, Map<String, Double> values) {
        out.println(new ProbeLine(event, values).toJson());
        out.flush();
    }

    /** The next order; waits for it. */
    String nextOrder() throws InterruptedException {
        var order = orders.poll(1, TimeUnit.HOURS);
        if (order == null) {
            throw new IllegalStateException("no order for an hour");
        }
        return order;
    }
}
