package localcdc.lab.bench;

import java.sql.SQLException;
import java.util.Map;
import localcdc.connect.ConnectPlugin;
import localcdc.core.source.SourceException;
import localcdc.stack.LocalConnect;
import localcdc.stack.StackException;

/**
 * A Connect worker with one connector that feeds the table into a topic. It keeps what it has been told in topics of its
 * own, and is a group of its own, so that several can be there at once, each a JVM of its own. For one thread; the caller
 * closes it, which also takes its slot and its topics away.
 */
public final class FeedingWorker implements AutoCloseable {

    private final BenchServer server;
    private final BenchKafka kafka;
    private final ConnectorKind kind;
    private final String name;
    private final LocalConnect worker;

    /** @param name of connector, slot and topics: small letters and digits */
    public FeedingWorker(BenchServer server, BenchKafka kafka, ConnectorKind kind, String name) {
        this.server = server;
        this.kafka = kafka;
        this.kind = kind;
        this.name = name;
        this.worker = LocalConnect.builder(kafka.bootstrapServers())
                .plugin(ConnectPlugin::writeTo)
                .settings(Map.of(
                        "group.id", name + ".connect",
                        "config.storage.topic", name + ".connect-config",
                        "offset.storage.topic", name + ".connect-offset",
                        "status.storage.topic", name + ".connect-status"))
                .build();
    }

    /** The topic with the table's rows. */
    public String topic() {
        return name + "." + BenchTable.ID;
    }

    /** The worker's process. */
    public long pid() {
        return worker.pid();
    }

    /** Starts the worker and the connector, which reads the whole table first. */
    public FeedingWorker startWithSnapshot() throws SourceException {
        return start("initial");
    }

    /** Makes the slot from which the connector will read, so that what is written from now on is waiting for it. */
    FeedingWorker makeSlot() throws SQLException, SourceException {
        server.createSlot(name);
        kafka.makeTopic(topic());
        return this;
    }

    /** Starts the worker and the connector, which reads from the slot that is there. */
    FeedingWorker startFromSlot() throws SourceException {
        return start("no_data");
    }

    private FeedingWorker start(String snapshot) throws SourceException {
        try {
            worker.start();
            worker.register(
                    name,
                    kind.settings(
                            server.settings(),
                            worker.keepSecret("postgres", server.settings().password()),
                            name,
                            snapshot));
            return this;
        } catch (StackException e) {
            throw new SourceException(e.problem(), e.remedy(), e);
        }
    }

    /** Ends the worker; what has been read up to now is written down. */
    void pause() {
        worker.stop();
    }

    /** Starts a new JVM, in which the connector goes on by itself. */
    void resume() throws SourceException {
        try {
            worker.start();
        } catch (StackException e) {
            throw new SourceException(e.problem(), e.remedy(), e);
        }
    }

    @Override
    public void close() throws SQLException, SourceException {
        worker.close();
        server.dropSlot(name);
        kafka.deleteTopics(name);
    }
}
