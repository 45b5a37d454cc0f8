package localcdc.lab.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** P3 and P6: the variants read a table at rest, one after the other, in an order that changes from round to round. */
final class TableRounds {

    private static final Logger LOG = LoggerFactory.getLogger(TableRounds.class);

    static final List<Variant> SNAPSHOT = List.of(Variant.MAP_SNAPSHOT, Variant.ENGINE_SNAPSHOT, Variant.COPY);
    static final List<Variant> MEMORY = List.of(Variant.MAP_MEMORY, Variant.LINKED_MEMORY);

    private final BenchServer server;
    private final BenchSettings settings;
    private final int rows;

    /** @param rows how many rows the table holds */
    TableRounds(BenchServer server, BenchSettings settings, int rows) {
        this.server = server;
        this.settings = settings;
        this.rows = rows;
    }

    /** One round. */
    List<Measurement> run(int round, List<Variant> variants) throws IOException, InterruptedException {
        var order = new ArrayList<>(variants);
        Collections.rotate(order, round - 1);
        var measured = new ArrayList<Measurement>();
        for (var variant : order) {
            try (var probe = ProbeProcess.start(
                    server.settings(),
                    variant.isOurs() ? settings.jvmOptions() : List.of(),
                    variant,
                    Map.of("rows", Integer.toString(rows)))) {
                var values = probe.await(ProbeLine.RESULT);
                LOG.info("round {}: {}: {}", round, variant.label(), values);
                measured.add(new Measurement(round, variant, values));
            }
        }
        return measured;
    }
}
