package localcdc.connect;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import localcdc.stack.TestDatabase;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.awaitility.Awaitility;

/** A Debezium engine with the converter, on one table of a test database. Collects what it delivers. */
final class RunningEngine implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ConcurrentLinkedQueue<SourceRecord> records = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;

    private RunningEngine(Properties properties) {
        engine = DebeziumEngine.create(io.debezium.engine.format.ChangeEventFormat.of(Connect.class))
                .using(properties)
                .using((success, message, error) -> {
                    failure.set(error);
                    ended.countDown();
                })
                .notifying((batch, committer) -> {
                    for (var event : batch) {
                        records.add(event.record());
                        committer.markProcessed(event);
                    }
                    committer.markBatchFinished();
                })
                .build();
        thread.execute(engine);
    }

    /** Starts, and waits until the slot streams. */
    static RunningEngine streaming(TestDatabase database, String table, String columns) {
        return streaming(database, table, columns, Map.of());
    }

    /** The same, with settings of the caller's own on top. */
    static RunningEngine streaming(TestDatabase database, String table, String columns, Map<String, String> settings) {
        var properties = properties(database, table, columns, "no_data");
        properties.putAll(settings);
        var engine = new RunningEngine(properties);
        Awaitility.await("streaming")
                .atMost(PATIENCE)
                .until(() -> engine.ended.getCount() == 0
                        || database.query("SELECT active FROM pg_replication_slots WHERE database = '" + database.name()
                                                + "' AND active")
                                        .size()
                                > 0);
        return engine;
    }

    static RunningEngine withSnapshot(TestDatabase database, String table, String columns) {
        return withSnapshot(database, table, columns, Map.of());
    }

    /** The same, with settings of the caller's own on top. */
    static RunningEngine withSnapshot(
            TestDatabase database, String table, String columns, Map<String, String> settings) {
        var properties = properties(database, table, columns, "initial");
        properties.putAll(settings);
        return new RunningEngine(properties);
    }

    private static Properties properties(TestDatabase database, String table, String columns, String snapshotMode) {
        var p = new Properties();
        p.setProperty("name", "zoo");
        p.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        p.setProperty("topic.prefix", "zoo");
        p.setProperty("database.hostname", database.server().host());
        p.setProperty("database.port", Integer.toString(database.server().port()));
        p.setProperty("database.dbname", database.name());
        p.setProperty("database.user", database.server().user());
        p.setProperty("database.password", database.server().password());
        p.setProperty("driver.options", CanonicalConverter.DRIVER_OPTIONS);
        p.setProperty("plugin.name", "pgoutput");
        p.setProperty("slot.name", "zoo_" + snapshotMode);
        p.setProperty("publication.name", "zoo_" + snapshotMode);
        p.setProperty("publication.autocreate.mode", "filtered");
        p.setProperty("snapshot.mode", snapshotMode);
        p.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        p.setProperty("table.include.list", table.replace(".", "\\."));
        p.setProperty("tombstones.on.delete", "false");
        p.setProperty("converters", "canonical");
        p.setProperty("canonical.type", CanonicalConverter.class.getName());
        if (!columns.isEmpty()) {
            p.setProperty("canonical." + CanonicalConverter.COLUMNS, columns);
        }
        p.setProperty("include.unknown.datatypes", "true");
        p.setProperty("event.converting.failure.handling.mode", "fail");
        // So that one value which Debezium cannot even parse costs its event only, and the test sees all of them.
        p.setProperty("event.processing.failure.handling.mode", "warn");
        p.setProperty("errors.max.retries", "0");
        p.setProperty("poll.interval.ms", "10");
        return p;
    }

    /** Waits for the row with this key and gives all rows' records until then. */
    List<SourceRecord> awaitRow(String id) {
        Awaitility.await("row " + id).atMost(PATIENCE).until(() -> ended.getCount() == 0 || hasRow(id));
        if (!hasRow(id)) {
            throw new AssertionError("The engine ended after " + rows().size() + " records", failure.get());
        }
        return rows();
    }

    /** Waits for such a record and gives all records until then. */
    List<SourceRecord> awaitRecord(String what, Predicate<SourceRecord> sought) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .until(() -> ended.getCount() == 0 || records.stream().anyMatch(sought));
        if (records.stream().noneMatch(sought)) {
            throw new AssertionError("The engine ended after " + records.size() + " records", failure.get());
        }
        return List.copyOf(records);
    }

    private boolean hasRow(String id) {
        return rows().stream()
                .anyMatch(sent -> ((Struct) sent.key()).getString("id").equals(id));
    }

    /** Waits for the engine to end by itself and tells why it did. */
    Throwable awaitFailure() {
        Awaitility.await("end of the engine").atMost(PATIENCE).until(() -> ended.getCount() == 0);
        return failure.get();
    }

    private List<SourceRecord> rows() {
        return records.stream()
                .filter(sent ->
                        sent.value() instanceof Struct value && value.schema().field("after") != null)
                .toList();
    }

    @Override
    public void close() throws IOException {
        if (ended.getCount() > 0) {
            engine.close();
        }
        thread.shutdownNow();
    }
}
