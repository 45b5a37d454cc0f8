package localcdc.stack;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Says what broker {@link LocalKafka} shall start. Not safe for several threads. */
public final class LocalKafkaBuilder {
    /** A row may be this large, with something to spare: clients, topics and the broker have one limit. */
    static final int LARGEST_BATCH_BYTES = 64 << 20;

    /**
     * A listener beside the plain one.
     *
     * @param protocol SSL, SASL_PLAINTEXT, SASL_SSL or PLAINTEXT
     * @param advertised where it sends clients to, HOST:PORT; null: to itself
     */
    record Listener(String protocol, String advertised) {}

    private final Map<String, String> settings = new LinkedHashMap<>();
    final Map<String, Listener> listeners = new LinkedHashMap<>();
    int port;
    Path data;
    boolean closeAtExit = true;

    LocalKafkaBuilder() {}

    /** The port on loopback; 0, the default, takes a free one and keeps it. */
    public LocalKafkaBuilder port(int value) {
        port = value;
        return this;
    }

    /** Keeps the data in this folder, and keeps the folder; default: a temporary one that goes at close. */
    public LocalKafkaBuilder dataDirectory(Path value) {
        data = value.toAbsolutePath();
        return this;
    }

    /** Settings of the broker; they win over the defaults of this class, except for addresses and the data folder. */
    public LocalKafkaBuilder settings(Map<String, String> values) {
        settings.putAll(values);
        return this;
    }

    /**
     * A further listener, on a free port: {@link LocalKafka#bootstrapServers(String)} has its address. What SASL and TLS need
     * goes into {@link #settings} with the prefix {@code listener.name.<name in lower case>.}
     *
     * @param protocol SSL, SASL_PLAINTEXT, SASL_SSL or PLAINTEXT
     */
    public LocalKafkaBuilder listener(String name, String protocol) {
        return listener(name, protocol, null);
    }

    /** The same, but clients are sent on to {@code advertised}, HOST:PORT, as by a broker behind a forwarded port. */
    public LocalKafkaBuilder listener(String name, String protocol, String advertised) {
        listeners.put(name, new Listener(protocol, advertised));
        return this;
    }

    /**
     * Whether the broker is closed when the JVM exits; default: yes. Shutdown hooks run side by side: a program whose own
     * hook still needs the broker says no here and closes it itself.
     */
    public LocalKafkaBuilder closeAtExit(boolean value) {
        closeAtExit = value;
        return this;
    }

    /** The broker, not started yet. */
    public LocalKafka build() {
        return new LocalKafka(this);
    }

    /** What goes into the settings file. */
    Map<String, String> settingsFor(
            String host, int clientPort, int controllerPort, Map<String, Integer> listenerPorts, Path folder) {
        Map<String, String> values = new LinkedHashMap<>();
        putWhatOneBrokerNeeds(values);
        putWhatALaptopNeeds(values);
        values.putAll(settings);
        values.put("process.roles", "broker,controller");
        values.put("node.id", Integer.toString(BrokerProgram.NODE));
        values.put("controller.quorum.voters", BrokerProgram.NODE + "@" + host + ":" + controllerPort);
        values.put("controller.listener.names", "CONTROLLER");
        values.put("inter.broker.listener.name", "PLAINTEXT");
        var protocols = new StringBuilder("PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        var addresses = new StringBuilder(
                "PLAINTEXT://" + host + ":" + clientPort + ",CONTROLLER://" + host + ":" + controllerPort);
        var advertised = new StringBuilder("PLAINTEXT://" + host + ":" + clientPort);
        listeners.forEach((name, listener) -> {
            String address = host + ":" + listenerPorts.get(name);
            protocols.append(",").append(name).append(":").append(listener.protocol());
            addresses.append(",").append(name).append("://").append(address);
            advertised
                    .append(",")
                    .append(name)
                    .append("://")
                    .append(listener.advertised() == null ? address : listener.advertised());
        });
        values.put("listener.security.protocol.map", protocols.toString());
        values.put("listeners", addresses.toString());
        values.put("advertised.listeners", advertised.toString());
        values.put("log.dirs", folder.toString());
        return values;
    }

    private static void putWhatOneBrokerNeeds(Map<String, String> values) {
        // The defaults want three brokers and dozens of partitions, each with files of its own.
        values.put("offsets.topic.replication.factor", "1");
        values.put("offsets.topic.num.partitions", "1");
        values.put("transaction.state.log.replication.factor", "1");
        values.put("transaction.state.log.min.isr", "1");
        values.put("transaction.state.log.num.partitions", "1");
        values.put("share.coordinator.state.topic.replication.factor", "1");
        values.put("share.coordinator.state.topic.min.isr", "1");
        values.put("share.coordinator.state.topic.num.partitions", "1");
        values.put("default.replication.factor", "1");
        values.put("min.insync.replicas", "1");
        values.put("num.partitions", "1");

        // A topic that nobody made is a mistyped name; Connect makes its own with their settings.
        values.put("auto.create.topics.enable", "false");

        // How soon a killed member of a group is missed; the default is 45 s. Classic groups first, then KIP-848 ones.
        values.put("group.initial.rebalance.delay.ms", "0");
        values.put("group.min.session.timeout.ms", "6000");
        values.put("group.consumer.min.session.timeout.ms", "6000");
        values.put("group.consumer.session.timeout.ms", "10000");
        values.put("group.consumer.min.heartbeat.interval.ms", "1000");
        values.put("group.consumer.heartbeat.interval.ms", "2000");

        // A killed broker may come back only when the controller has given up the old one; the default is 9 s.
        values.put("broker.heartbeat.interval.ms", "500");
        values.put("broker.session.timeout.ms", "3000");
    }

    private static void putWhatALaptopNeeds(Map<String, String> values) {
        // Rows of 16 MiB and more pass, also where JSON doubles them; the default is 1 MiB.
        String largest = Integer.toString(LARGEST_BATCH_BYTES);
        values.put("message.max.bytes", largest);
        values.put("replica.fetch.max.bytes", largest);
        values.put("replica.fetch.response.max.bytes", largest);

        // Compaction never touches the segment that is being written; the default is 1 GiB, or a week.
        values.put("log.segment.bytes", Integer.toString(LARGEST_BATCH_BYTES));
        values.put("log.roll.ms", "3600000");
        values.put("log.cleaner.min.cleanable.ratio", "0.5");
        // The default, 128 MiB of heap, is for brokers with thousands of partitions.
        values.put("log.cleaner.dedupe.buffer.size", Integer.toString(32 << 20));
        // Two files of this size are made for each segment; the default is 10 MiB.
        values.put("log.index.size.max.bytes", Integer.toString(1 << 20));

        // Threads for a few cores and a handful of clients.
        values.put("num.network.threads", "2");
        values.put("num.io.threads", "4");
        values.put("background.threads", "4");
    }
}
