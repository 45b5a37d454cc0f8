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
 * P5: the whole path through Kafka. In each round the table is filled, the runner's topic gets its rows and the runner holds
 * them; every variant gets a slot, the log is written, and then one variant after the other reads the same changes with a
 * worker that has just been started. The clock of each runs in its consumer, from the first to the last change.
 */
final class KafkaStreamRounds {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaStreamRounds.class);

    static final List<Variant> STREAM = List.of(
            Variant.MAP_KAFKA_STREAM,
            Variant.RAW_KAFKA_STREAM,
            Variant.TUNED_JSON_KAFKA_STREAM,
            Variant.DEFAULT_KAFKA_STREAM);

    private final BenchServer server;
    private final BenchKafka kafka;
    private final BenchSettings settings;
    private final StreamWorkload workload;

    KafkaStreamRounds(BenchServer server, BenchKafka kafka, BenchSettings settings) {
        this.server = server;
        this.kafka = kafka;
        this.settings = settings;
        this.workload = new StreamWorkload(settings.rows(), settings.changes());
    }

    /** One round. */
    List<Measurement> run(int round) throws SourceException, SQLException, IOException, InterruptedException {
        BenchTable.fill(server.connection(), settings.rows());
        try (var shipped = worker(round, Variant.MAP_KAFKA_STREAM);
                var raw = worker(round, Variant.RAW_KAFKA_STREAM);
                var tuned = worker(round, Variant.TUNED_JSON_KAFKA_STREAM);
                var defaults = worker(round, Variant.DEFAULT_KAFKA_STREAM)) {
            kafka.makeTopic(shipped.topic());
            shipped.startWithSnapshot();
            kafka.awaitRecords(shipped.topic(), settings.rows());
            shipped.pause();
            for (var one : List.of(raw, tuned, defaults)) {
                one.makeSlot();
            }
            try (var map = probe(Variant.MAP_KAFKA_STREAM, shipped, settings.jvmOptions())) {
                map.await(ProbeLine.READY);
                LOG.info("round {}: writing {} changes", round, settings.changes());
                workload.write(server.connection());
                return read(
                        round,
                        map,
                        Map.of(
                                Variant.MAP_KAFKA_STREAM, shipped,
                                Variant.RAW_KAFKA_STREAM, raw,
                                Variant.TUNED_JSON_KAFKA_STREAM, tuned,
                                Variant.DEFAULT_KAFKA_STREAM, defaults));
            }
        }
    }

    private List<Measurement> read(int round, ProbeProcess map, Map<Variant, FeedingWorker> workers)
            throws SourceException, IOException, InterruptedException {
        var measured = new ArrayList<Measurement>();
        var order = new ArrayList<>(STREAM);
        Collections.rotate(order, round - 1);
        for (var variant : order) {
            var worker = workers.get(variant);
            var one = new Measurement(round, variant, read(variant, map, worker));
            // Neither its memory nor its idle work shall be there when the next one is measured.
            worker.pause();
            LOG.info(
                    "round {}: {}: {} changes/s",
                    round,
                    variant.label(),
                    String.format(Locale.ROOT, "%,.0f", one.rate()));
            measured.add(one);
        }
        return measured;
    }

    private Map<String, Double> read(Variant variant, ProbeProcess map, FeedingWorker worker)
            throws SourceException, IOException, InterruptedException {
        if (variant == Variant.MAP_KAFKA_STREAM) {
            map.order("go");
            worker.resume();
            return withPath(worker, map.await(ProbeLine.RESULT));
        }
        try (var probe = probe(variant, worker, List.of())) {
            probe.await(ProbeLine.READY);
            probe.order("go");
            worker.startFromSlot();
            return withPath(worker, probe.await(ProbeLine.RESULT));
        }
    }

    /** The worker's CPU includes its start. */
    private static Map<String, Double> withPath(FeedingWorker worker, Map<String, Double> result) {
        result.put("connect.cpuSeconds", ProcessUse.cpuSeconds(List.of(worker.pid())));
        return result;
    }

    private ProbeProcess probe(Variant variant, FeedingWorker worker, List<String> jvmOptions) throws IOException {
        return ProbeProcess.start(
                server.settings(),
                jvmOptions,
                variant,
                Map.of(
                        "bootstrap", kafka.bootstrapServers(),
                        "topic", worker.topic(),
                        "changes", Integer.toString(settings.changes())));
    }

    private FeedingWorker worker(int round, Variant variant) {
        var kind =
                switch (variant) {
                    case TUNED_JSON_KAFKA_STREAM -> ConnectorKind.TUNED_JSON;
                    case DEFAULT_KAFKA_STREAM -> ConnectorKind.DEFAULTS;
                    default -> ConnectorKind.SHIPPED;
                };
        return new FeedingWorker(server, kafka, kind, variant.name().toLowerCase(Locale.ROOT) + "_" + round);
    }
}
