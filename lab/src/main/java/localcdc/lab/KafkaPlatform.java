package localcdc.lab;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import localcdc.common.cli.LeftOut;
import localcdc.common.pg.PgSettings;
import localcdc.connect.ConnectPlugin;
import localcdc.core.source.SourceException;
import localcdc.embedded.server.CapturedTable;
import localcdc.embedded.server.Doctor;
import localcdc.embedded.server.DoctorInput;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.Publications;
import localcdc.embedded.server.ReplicationSlots;
import localcdc.embedded.server.Selection;
import localcdc.embedded.server.SlotRemoval;
import localcdc.embedded.server.TablePattern;
import localcdc.stack.ConnectorConfig;
import localcdc.stack.ConnectorStatus;
import localcdc.stack.LocalConnect;
import localcdc.stack.LocalKafka;
import localcdc.stack.StackException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands between a Postgres and a topic: broker, Connect worker, and the connector, with a slot and a publication of
 * its own. Close takes all of it away, also from Postgres; what a killed one leaves there, the next one finds
 * and drops. For one thread, but for the getters.
 */
public final class KafkaPlatform implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaPlatform.class);
    private static final String APPLICATION = "localcdc lab";
    private static final long TOPICS_PATIENCE_SECONDS = 30;
    private static final Duration READER_ENDS = Duration.ofSeconds(5);
    private static final long SLOT_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** A server that is being started anew is back by then. */
    private static final long ABSENCE_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long RESTART_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PgSettings postgres;
    private final Settings settings;
    private final String ownName = ReplicationSlots.newName(ReplicationSlots.CONNECTOR_PREFIX);
    private final ArrayDeque<Runnable> closing = new ArrayDeque<>();
    private long restartedNanos = System.nanoTime() - RESTART_NANOS;
    private Connection control;
    private Selection selection;
    private LocalKafka kafka;
    private LocalConnect connect;

    /**
     * What is wanted.
     *
     * @param kafkaPort the broker's port, 0 for a free one
     * @param connectPort the port of Connect's REST interface, 0 for a free one
     * @param tables which tables; empty for every permanent table with a primary key
     * @param leaveOut tables and columns that no record holds
     * @param topicPrefix what the topics' names begin with
     * @param partitions how many partitions each table's topic gets
     */
    public record Settings(
            int kafkaPort,
            int connectPort,
            List<TablePattern> tables,
            List<LeftOut> leaveOut,
            String topicPrefix,
            int partitions) {

        /** Everything by default, on free ports. */
        public static Settings defaults() {
            return new Settings(0, 0, List.of(), List.of(), "cdc", 1);
        }
    }

    private KafkaPlatform(PgSettings postgres, Settings settings) {
        this.postgres = postgres;
        this.settings = settings;
    }

    /**
     * Starts broker and worker, registers the connector, and returns when it and its task run.
     *
     * @throws SourceException when something on this machine or in Postgres is not ready; nothing is left behind then
     */
    public static KafkaPlatform start(PgSettings postgres, Settings settings) throws SourceException {
        var platform = new KafkaPlatform(postgres, settings);
        boolean started = false;
        try {
            platform.open();
            started = true;
            return platform;
        } catch (StackException e) {
            throw new SourceException(e.problem(), e.remedy(), e);
        } catch (SQLException e) {
            throw new SourceException(
                    "Postgres at " + postgres.address() + " did not do what the connector needs: " + e.getMessage(),
                    "Run runner-embedded's 'doctor' to see what the server lacks.",
                    e);
        } finally {
            if (!started) {
                platform.close();
            }
        }
    }

    private void open() throws SourceException, SQLException {
        control = postgres.open(APPLICATION);
        closing.push(this::closeControl);
        // Before anything is started: what cannot be captured is told at once.
        selection = select();
        kafka = LocalKafka.builder().port(settings.kafkaPort).closeAtExit(false).build();
        closing.push(kafka::close);
        LOG.info("Starting a Kafka broker ...");
        kafka.start();
        makeTopics();
        connect = LocalConnect.builder(kafka.bootstrapServers())
                .port(settings.connectPort)
                .plugin(ConnectPlugin::writeTo)
                .closeAtExit(false)
                .build();
        closing.push(connect::close);
        LOG.info("Starting Kafka Connect ...");
        connect.start();
        ReplicationSlots.ownLock(control, ownName);
        closing.push(this::cleanPostgres);
        Publications.createOwn(control, ownName, selection.tables());
        closing.push(this::deleteConnector);
        connect.register(connector(), configuration());
    }

    private Selection select() throws SourceException, SQLException {
        sweep();
        var diagnosis = Doctor.check(
                control,
                new DoctorInput(
                        settings.tables, settings.leaveOut, Optional.empty(), Optional.empty(), Engine.DEBEZIUM));
        var chosen = diagnosis.requireReady();
        diagnosis.warnings().forEach(warning -> LOG.warn("{}", warning.sentences()));
        requireNoCursors(chosen);
        return chosen;
    }

    /** The worker of a killed lab ends by itself, but the server may notice a moment later. */
    private void sweep() throws SQLException {
        long deadline = System.nanoTime() + SLOT_PATIENCE_NANOS;
        var prefix = ReplicationSlots.CONNECTOR_PREFIX;
        while (true) {
            ReplicationSlots.sweepAbandoned(control, prefix)
                    .droppedSlots()
                    .forEach(left -> LOG.warn("A killed lab had left the slot {} behind: dropped.", left.name()));
            var read = ReplicationSlots.ownerless(control, prefix);
            if (read.isEmpty()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                read.forEach(left -> LOG.warn(
                        "The slot {} has no lab any more, but the server process {} still reads from it: it stays.",
                        left.name(),
                        left.activePid()));
                return;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Debezium's snapshot opens the cursor that such a column names, fails, and tries again for ever. */
    private static void requireNoCursors(Selection chosen) throws SourceException {
        var columns = chosen.tables().stream()
                .flatMap(table -> table.columns().stream()
                        .filter(column -> column.formattedType().equals("refcursor"))
                        .map(column -> table.id() + "." + column.name()))
                .toList();
        if (!columns.isEmpty()) {
            throw new SourceException(
                    "Kafka Connect cannot carry columns of type refcursor: " + String.join(", ", columns) + ".",
                    "Leave them out: --leave-out " + String.join(" --leave-out ", columns));
        }
    }

    private ConnectorConfig config() {
        return ConnectorConfig.read().topicPrefix(settings.topicPrefix).partitions(settings.partitions);
    }

    private Map<String, String> configuration() {
        var names =
                selection.tables().stream().map(table -> table.id().toString()).toList();
        var leftOut = selection.tables().stream()
                .flatMap(table -> table.leftOut().stream().map(column -> table.id() + "." + column))
                .toList();
        var password = postgres.password() == null ? "" : postgres.password();
        var config = config().postgres(
                        postgres.host(),
                        postgres.port(),
                        postgres.database(),
                        postgres.user(),
                        connect.keepSecret("postgres", password))
                .slotAndPublication(ownName, ownName)
                .tables(names)
                .columnsLeftOut(leftOut);
        for (var prefix : List.of("database.", "canonical.database.")) {
            config = config.with(prefix + "sslmode", postgres.sslMode().label());
        }
        return config.settings();
    }

    /** Makes each table's topic, as the connector would with the first record: an empty table has one, too. */
    private void makeTopics() throws SourceException {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            for (var table : selection.tables()) {
                make(admin, topic(table), "default");
            }
            make(admin, ConnectorConfig.controlTopic(settings.topicPrefix), "control");
        } catch (ExecutionException | TimeoutException e) {
            throw new SourceException("The topics could not be made: " + e.getMessage(), "Start again.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("Interrupted while topics were made.", "Start again.", e);
        }
    }

    private void make(Admin admin, String topic, String group)
            throws ExecutionException, TimeoutException, InterruptedException {
        var prefix = "topic.creation." + group + ".";
        var properties = new HashMap<String, String>();
        config().settings().forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                properties.put(key.substring(prefix.length()), value);
            }
        });
        properties.remove("include");
        int partitions = Integer.parseInt(properties.remove("partitions"));
        short replication = Short.parseShort(properties.remove("replication.factor"));
        try {
            admin.createTopics(List.of(new NewTopic(topic, partitions, replication).configs(properties)))
                    .all()
                    .get(TOPICS_PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private String topic(CapturedTable table) {
        // Debezium replaces what a topic's name may not have.
        return settings.topicPrefix + "."
                + (table.id().schema() + "." + table.id().name()).replaceAll("[^A-Za-z0-9._-]", "_");
    }

    /** The topics with rows, one for each table. */
    public List<String> topics() {
        return selection.tables().stream().map(this::topic).toList();
    }

    /** What the topics' names begin with. */
    public String topicPrefix() {
        return settings.topicPrefix;
    }

    /** The connector's name in Connect. */
    public String connector() {
        return settings.topicPrefix + "-connector";
    }

    /** The broker's address. */
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** Connect's address. */
    public String connectUrl() {
        return connect.url();
    }

    /** The broker. */
    public LocalKafka kafka() {
        return kafka;
    }

    /** The worker. */
    public LocalConnect connect() {
        return connect;
    }

    /**
     * Mends what does not mend itself, to be called now and then: says again whose the slot is where the connection that said
     * so was lost, and starts a connector or task anew that has failed, as when Postgres went down while it was starting.
     */
    public void keepRunning() {
        keepOwning();
        try {
            if (connect.isAlive()) {
                restartFailed();
            }
        } catch (StackException e) {
            LOG.debug("the connector cannot be asked just now: {}", e.problem(), e);
        }
    }

    private void restartFailed() {
        var failed = connect.status(connector()).filter(ConnectorStatus::hasFailed);
        if (failed.isPresent() && System.nanoTime() - restartedNanos > RESTART_NANOS) {
            restartedNanos = System.nanoTime();
            LOG.warn(
                    "The connector has failed ({}): starting it again.",
                    failed.get().reason());
            connect.restartFailed(connector());
        }
    }

    private void keepOwning() {
        try {
            if (control == null || !control.isValid(2)) {
                closeControl();
                control = postgres.open(APPLICATION);
                ReplicationSlots.ownLock(control, ownName);
            }
        } catch (SQLException | SourceException e) {
            LOG.debug("the slot's owner cannot be told just now", e);
        }
    }

    private void deleteConnector() {
        if (!kafka.isAlive()) {
            // A worker that has lost its broker neither deletes nor ends in time, and what it would write goes with the
            // broker.
            LOG.warn("The broker does not run: the connector ends with its worker.");
            connect.kill();
            return;
        }
        try {
            connect.delete(connector());
        } catch (StackException e) {
            LOG.warn("The connector could not be asked to stop: {}", e.problem());
            connect.close();
        }
    }

    private void cleanPostgres() {
        long began = System.nanoTime();
        while (true) {
            keepOwning();
            var patience = control == null ? ABSENCE_PATIENCE_NANOS : SLOT_PATIENCE_NANOS;
            try {
                dropSlot();
                Publications.dropOwn(control, ownName);
                LOG.info("Slot and publication {} dropped.", ownName);
                return;
            } catch (SQLException e) {
                if (System.nanoTime() - began > patience) {
                    LOG.error(
                            "Slot {} could not be dropped ({}). It holds write-ahead log back until it is: the next lab up"
                                    + " does it, or: runner-embedded slots drop {}",
                            ownName,
                            e.getMessage(),
                            ownName);
                    return;
                }
                LOG.trace("slot {} is still in use", ownName, e);
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    /** The task has ended, but its server process may notice a moment later: it is ended, too. */
    private void dropSlot() throws SQLException {
        if (control == null) {
            throw new SQLException("Postgres at " + postgres.address() + " does not answer");
        }
        SlotRemoval.endReader(control, ownName, READER_ENDS);
        SlotRemoval.drop(control, ownName);
    }

    private void closeControl() {
        if (control != null) {
            try {
                control.close();
            } catch (SQLException e) {
                LOG.debug("closing the control connection", e);
            }
            control = null;
        }
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
