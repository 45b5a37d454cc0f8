package localcdc.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says what worker {@link LocalConnect} shall start. Not safe for several threads. */
public final class LocalConnectBuilder {
    private static final String GROUP = "localcdc-connect";
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

    final String bootstrapServers;
    final List<Plugin> plugins = new ArrayList<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    int port;
    boolean closeAtExit = true;

    /** Writes what shall lie beside the connector's own jars, such as a CustomConverter's jar; called once, at the first start. */
    @FunctionalInterface
    public interface Plugin {
        /** Writes it into the folder and says where. */
        Path writeTo(Path folder) throws IOException;
    }

    LocalConnectBuilder(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** The port of the REST interface on loopback; 0, the default, takes a free one and keeps it. */
    public LocalConnectBuilder port(int value) {
        port = value;
        return this;
    }

    /**
     * Adds a jar to the Debezium connector's own folder: a class that the connector itself loads, such as a CustomConverter,
     * is not found anywhere else.
     */
    public LocalConnectBuilder plugin(Plugin value) {
        plugins.add(value);
        return this;
    }

    /** Settings of the worker; they win over the defaults of this class, except for addresses and folders. */
    public LocalConnectBuilder settings(Map<String, String> values) {
        settings.putAll(values);
        return this;
    }

    /**
     * Whether the worker is closed when the JVM exits; default: yes. Shutdown hooks run side by side: a program whose own
     * hook still needs the worker says no here and closes it itself.
     */
    public LocalConnectBuilder closeAtExit(boolean value) {
        closeAtExit = value;
        return this;
    }

    /** The worker, not started yet. */
    public LocalConnect build() {
        return new LocalConnect(this);
    }

    /** What goes into the settings file. */
    Map<String, String> settingsFor(String host, int actualPort, Path plugins, Path secrets) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("group.id", GROUP);
        for (String kind : List.of("config", "offset", "status")) {
            values.put(kind + ".storage.topic", GROUP + "-" + kind);
            values.put(kind + ".storage.replication.factor", "1");
        }
        // The defaults, 25 and 5, are for clusters.
        values.put("offset.storage.partitions", "1");
        values.put("status.storage.partitions", "1");
        // Required; each connector sets its own.
        values.put("key.converter", BYTES);
        values.put("value.converter", BYTES);
        // Only this one, so that no connector reads a file of ours that is not meant for it.
        values.put("config.providers", "directory");
        values.put(
                "config.providers.directory.class", "org.apache.kafka.common.config.provider.DirectoryConfigProvider");
        values.put("config.providers.directory.param.allowed.paths", secrets.toString());
        // Every plugin here says in META-INF/services that it is one; the default searches all classes, too.
        values.put("plugin.discovery", "service_load");
        values.put("connector.client.config.override.policy", "All");
        // There is no other worker that could come back within the five minutes of the default.
        values.put("scheduled.rebalance.max.delay.ms", "0");
        // A killed worker's place is given to its successor after this time; the broker allows no less.
        values.put("session.timeout.ms", "6000");
        values.put("heartbeat.interval.ms", "1000");
        // How much is read again after a kill, and how long Postgres keeps log that is done with; the default is a
        // minute.
        values.put("offset.flush.interval.ms", "1000");
        values.putAll(settings);
        values.put("bootstrap.servers", bootstrapServers);
        values.put("listeners", "http://" + host + ":" + actualPort);
        values.put("rest.advertised.host.name", host);
        values.put("rest.advertised.port", Integer.toString(actualPort));
        values.put("plugin.path", plugins.toString());
        return values;
    }
}
