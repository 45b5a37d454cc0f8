package localcdc.lab.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import localcdc.core.source.SourceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of all measurements that were asked for, on a Postgres of its own. */
final class Bench {

    private static final Logger LOG = LoggerFactory.getLogger(Bench.class);

    private static final Set<Figure> STREAMING = EnumSet.of(Figure.P1, Figure.P2, Figure.P9);
    private static final Set<Figure> KAFKA = EnumSet.of(Figure.P4, Figure.P5, Figure.P8);

    private final BenchSettings settings;
    private final List<Measurement> measurements = new ArrayList<>();

    private Bench(BenchSettings settings) {
        this.settings = settings;
    }

    /**
     * What has come out.
     *
     * @param machine what it was measured on and with
     */
    record Outcome(Map<String, String> machine, Results results) {}

    static Outcome run(BenchSettings settings) throws SourceException, SQLException, IOException, InterruptedException {
        var bench = new Bench(settings);
        var recvlogical = Recvlogical.find();
        try (var server = BenchServer.start()) {
            bench.tables(server);
            bench.latency(server);
            bench.watched(server);
            bench.asked(server);
            bench.kafka(server);
            if (settings.only().stream().anyMatch(STREAMING::contains)) {
                bench.everyRound(new StreamingRounds(server, settings, recvlogical)::run);
            }
            var tool = recvlogical.isPresent() ? recvlogical.get().version() : "not found";
            return new Outcome(Machine.describe(settings, server.version(), tool), new Results(bench.measurements));
        }
    }

    private void tables(BenchServer server) throws SourceException, SQLException, IOException, InterruptedException {
        if (settings.only().contains(Figure.P3)) {
            LOG.info("{}: {}", Figure.P3, Figure.P3.title());
            table(server, settings.rows(), TableRounds.SNAPSHOT);
        }
        if (settings.only().contains(Figure.P6)) {
            LOG.info("{}: {}", Figure.P6, Figure.P6.title());
            table(server, 2 * settings.rows(), TableRounds.MEMORY);
        }
    }

    private void table(BenchServer server, int rows, List<Variant> variants)
            throws SourceException, SQLException, IOException, InterruptedException {
        BenchTable.fill(server.connection(), rows);
        var rounds = new TableRounds(server, settings, rows);
        everyRound(round -> rounds.run(round, variants));
    }

    private void latency(BenchServer server) throws SourceException, SQLException, IOException, InterruptedException {
        latency(server, Figure.P7, List.of(Variant.MAP_LATENCY));
        latency(server, Figure.P10, List.of(Variant.MAP_DIRECT_LATENCY, Variant.RAW_LATENCY));
    }

    private void latency(BenchServer server, Figure figure, List<Variant> variants)
            throws SourceException, SQLException, IOException, InterruptedException {
        if (!settings.only().contains(figure)) {
            return;
        }
        LOG.info("{}: {}", figure, figure.title());
        BenchTable.fill(server.connection(), settings.rows());
        latency(variants.stream()
                .map(variant -> new LatencyRounds(server, settings, variant, Map.of(), Map.of()))
                .toList());
    }

    private void latency(List<LatencyRounds> all)
            throws SourceException, SQLException, IOException, InterruptedException {
        everyRound(round -> {
            var measured = new ArrayList<Measurement>();
            for (var rounds : all) {
                measured.addAll(rounds.run(round));
            }
            return measured;
        });
    }

    private interface OneRound {
        List<Measurement> run(int round) throws SourceException, SQLException, IOException, InterruptedException;
    }

    private void everyRound(OneRound one) throws SourceException, SQLException, IOException, InterruptedException {
        for (int round = 1; round <= settings.rounds(); round++) {
            measurements.addAll(one.run(round));
        }
    }

    private void watched(BenchServer server) throws SourceException, SQLException, IOException, InterruptedException {
        if (!settings.only().contains(Figure.P11)) {
            return;
        }
        var chromium = Chromium.find();
        if (chromium.isEmpty()) {
            LOG.warn("{} is not measured: there is no chromium on the PATH", Figure.P11);
            return;
        }
        LOG.info("{}: {}", Figure.P11, Figure.P11.title());
        BenchTable.fill(server.connection(), settings.rows());
        everyRound(new PageRounds(server, settings, chromium.get())::run);
    }

    private void asked(BenchServer server) throws SourceException, SQLException, IOException, InterruptedException {
        if (!settings.only().contains(Figure.P12)) {
            return;
        }
        LOG.info("{}: {}", Figure.P12, Figure.P12.title());
        int rows = 2 * settings.rows();
        BenchTable.fill(server.connection(), rows);
        everyRound(new QuestionRounds(server, settings, rows)::run);
    }

    private void kafka(BenchServer server) throws SourceException, SQLException, IOException, InterruptedException {
        var wanted = EnumSet.copyOf(settings.only());
        wanted.retainAll(KAFKA);
        if (wanted.isEmpty()) {
            return;
        }
        try (var kafka = BenchKafka.start()) {
            for (var figure : wanted) {
                LOG.info("{}: {}", figure, figure.title());
                switch (figure) {
                    case P4 -> topic(server, kafka);
                    case P5 -> kafkaStream(server, kafka);
                    default -> kafkaLatency(server, kafka);
                }
            }
        }
    }

    private void topic(BenchServer server, BenchKafka kafka)
            throws SourceException, SQLException, IOException, InterruptedException {
        try (var rounds = TopicRounds.prepare(server, kafka, settings)) {
            everyRound(rounds::run);
        }
    }

    private void kafkaStream(BenchServer server, BenchKafka kafka)
            throws SourceException, SQLException, IOException, InterruptedException {
        everyRound(new KafkaStreamRounds(server, kafka, settings)::run);
    }

    /** One worker for all rounds, as it runs for weeks elsewhere; each round has a runner of its own. */
    private void kafkaLatency(BenchServer server, BenchKafka kafka)
            throws SourceException, SQLException, IOException, InterruptedException {
        BenchTable.fill(server.connection(), settings.rows());
        try (var worker = new FeedingWorker(server, kafka, ConnectorKind.SHIPPED, "bench_latency")) {
            kafka.makeTopic(worker.topic());
            worker.startWithSnapshot();
            kafka.awaitRecords(worker.topic(), settings.rows());
            var rounds = new LatencyRounds(
                    server,
                    settings,
                    Variant.MAP_KAFKA_LATENCY,
                    Map.of("bootstrap", kafka.bootstrapServers(), "topic", worker.topic()),
                    Map.of("broker", List.of(kafka.pid()), "connect", List.of(worker.pid())));
            rounds.warmUp();
            latency(List.of(rounds));
        }
    }
}
