package localcdc.lab.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import localcdc.core.source.SourceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * P4: the variants read a finished topic, one after the other, in an order that changes from round to round. Connect has
 * filled it once, with the shipped configuration: the table's rows, then the changes and the tombstones of the deletions. A
 * second topic has the same records as Connect's own JSON converter writes them.
 */
final class TopicRounds implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicRounds.class);

    static final List<Variant> TOPIC = List.of(
            Variant.MAP_TOPIC,
            Variant.RAW_TOPIC,
            Variant.READ_TREE_TOPIC,
            Variant.READ_TREE_STOCK_TOPIC,
            Variant.GLOBAL_TABLE_TOPIC);

    private final BenchServer server;
    private final BenchKafka kafka;
    private final BenchSettings settings;
    private final FeedingWorker shipped;
    private final FeedingWorker stock;
    private final long records;

    private TopicRounds(BenchServer server, BenchKafka kafka, BenchSettings settings) {
        this.server = server;
        this.kafka = kafka;
        this.settings = settings;
        this.shipped = new FeedingWorker(server, kafka, ConnectorKind.SHIPPED, "bench_topic");
        this.stock = new FeedingWorker(server, kafka, ConnectorKind.TUNED_JSON, "bench_stock_topic");
        // A deletion is two records.
        this.records = settings.rows()
                + settings.changes()
                + (long) settings.changes() / StreamWorkload.CHANGES_A_TRANSACTION * StreamWorkload.DELETES;
    }

    /** Fills the topics. */
    static TopicRounds prepare(BenchServer server, BenchKafka kafka, BenchSettings settings)
            throws SourceException, SQLException, InterruptedException {
        BenchTable.fill(server.connection(), settings.rows());
        var rounds = new TopicRounds(server, kafka, settings);
        boolean filled = false;
        try {
            rounds.fill();
            filled = true;
            return rounds;
        } finally {
            if (!filled) {
                rounds.close();
            }
        }
    }

    private void fill() throws SourceException, SQLException, InterruptedException {
        for (var worker : List.of(shipped, stock)) {
            kafka.makeTopic(worker.topic());
            worker.startWithSnapshot();
            kafka.awaitRecords(worker.topic(), settings.rows());
        }
        new StreamWorkload(settings.rows(), settings.changes()).write(server.connection());
        for (var worker : List.of(shipped, stock)) {
            kafka.awaitRecords(worker.topic(), records);
            worker.pause();
        }
    }

    /** One round. */
    List<Measurement> run(int round) throws IOException, InterruptedException {
        var order = new ArrayList<>(TOPIC);
        Collections.rotate(order, round - 1);
        var measured = new ArrayList<Measurement>();
        for (var variant : order) {
            try (var probe = ProbeProcess.start(
                    server.settings(),
                    variant.isOurs() ? settings.jvmOptions() : List.of(),
                    variant,
                    Map.of(
                            "bootstrap", kafka.bootstrapServers(),
                            "topic", (variant == Variant.READ_TREE_STOCK_TOPIC ? stock : shipped).topic(),
                            "records", Long.toString(records)))) {
                var one = new Measurement(round, variant, probe.await(ProbeLine.RESULT));
                LOG.info(
                        "round {}: {}: {} records/s",
                        round,
                        variant.label(),
                        String.format(Locale.ROOT, "%,.0f", one.rate()));
                measured.add(one);
            }
        }
        return measured;
    }

    @Override
    public void close() throws SourceException, SQLException {
        try (stock) {
            shipped.close();
        }
    }
}
