package localcdc.lab.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import localcdc.core.source.SourceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of all measurements that were asked for, on a Postgres of its own. */
final class Bench {

    private static final Logger LOG = LoggerFactory.getLogger(Bench.class);

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
            if (settings.only().contains(Figure.P1) || settings.only().contains(Figure.P2)) {
                var rounds = new StreamingRounds(server, settings, recvlogical);
                for (int round = 1; round <= settings.rounds(); round++) {
                    bench.measurements.addAll(rounds.run(round));
                }
            }
            var tool = recvlogical.isPresent() ? recvlogical.get().version() : "not found";
            return new Outcome(Machine.describe(settings, server.version(), tool), new Results(bench.measurements));
        }
    }

    private void tables(BenchServer server) throws SQLException, IOException, InterruptedException {
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
            throws SQLException, IOException, InterruptedException {
        BenchTable.fill(server.connection(), rows);
        var rounds = new TableRounds(server, settings, rows);
        for (int round = 1; round <= settings.rounds(); round++) {
            measurements.addAll(rounds.run(round, variants));
        }
    }

    private void latency(BenchServer server) throws SQLException, IOException, InterruptedException {
        if (!settings.only().contains(Figure.P7)) {
            return;
        }
        LOG.info("{}: {}", Figure.P7, Figure.P7.title());
        BenchTable.fill(server.connection(), settings.rows());
        var rounds = new LatencyRounds(server, settings);
        for (int round = 1; round <= settings.rounds(); round++) {
            measurements.addAll(rounds.run(round));
        }
    }
}
