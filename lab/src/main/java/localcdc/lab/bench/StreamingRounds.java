package localcdc.lab.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * P1, P2 and P9: all variants read the very same stretch of the log. In each round the table is filled, every variant gets a
 * slot, our own path reads its snapshot and is held before its stream, the workload is written, and then one variant after
 * the other reads it, in an order that changes from round to round.
 */
final class StreamingRounds {

    private static final Logger LOG = LoggerFactory.getLogger(StreamingRounds.class);

    private final BenchServer server;
    private final BenchSettings settings;
    private final StreamWorkload workload;
    private final Optional<Recvlogical> recvlogical;
    private final Set<Variant> variants = EnumSet.noneOf(Variant.class);

    StreamingRounds(BenchServer server, BenchSettings settings, Optional<Recvlogical> recvlogical) {
        this.server = server;
        this.settings = settings;
        this.workload = new StreamWorkload(settings.rows(), settings.changes());
        this.recvlogical = recvlogical;
        if (settings.only().contains(Figure.P1) || settings.only().contains(Figure.P2)) {
            variants.add(Variant.MAP_STREAM);
        }
        if (settings.only().contains(Figure.P9)) {
            variants.add(Variant.MAP_DIRECT_STREAM);
        }
        if (settings.only().contains(Figure.P1) || settings.only().contains(Figure.P9)) {
            variants.add(Variant.ENGINE_STREAM);
            variants.add(Variant.RAW_STREAM);
            if (recvlogical.isPresent()) {
                variants.add(Variant.RECVLOGICAL);
            }
        }
        if (settings.only().contains(Figure.P2)) {
            variants.add(Variant.ENGINE_JSON_STREAM);
            variants.add(Variant.ENGINE_JSON_SCHEMAS_STREAM);
        }
    }

    /** One round. */
    List<Measurement> run(int round) throws SQLException, IOException, InterruptedException {
        BenchTable.fill(server.connection(), settings.rows());
        var measured = new ArrayList<Measurement>();
        for (var variant : variants) {
            if (!variant.isOurs()) {
                server.createSlot(slot(variant));
            }
        }
        var held = new EnumMap<Variant, ProbeProcess>(Variant.class);
        try {
            for (var variant : variants) {
                if (variant.isOurs()) {
                    held.put(variant, start(variant));
                    held.get(variant).await(ProbeLine.READY);
                }
            }
            LOG.info("round {}: writing {} changes", round, settings.changes());
            workload.write(server.connection());
            var end = server.logEnd();
            var order = new ArrayList<>(variants);
            Collections.rotate(order, round - 1);
            for (var variant : order) {
                var one = new Measurement(round, variant, run(variant, held.get(variant), end));
                LOG.info(
                        "round {}: {}: {} changes/s",
                        round,
                        variant.label(),
                        String.format(Locale.ROOT, "%,.0f", one.rate()));
                measured.add(one);
            }
        } finally {
            for (var probe : held.values()) {
                probe.close();
            }
        }
        return measured;
    }

    private ProbeProcess start(Variant variant) throws IOException {
        return ProbeProcess.start(
                server.settings(),
                settings.jvmOptions(),
                variant,
                Map.of("changes", Integer.toString(settings.changes())));
    }

    private Map<String, Double> run(Variant variant, ProbeProcess map, String end)
            throws SQLException, IOException, InterruptedException {
        if (variant.isOurs()) {
            map.order("go");
            return map.await(ProbeLine.RESULT);
        }
        var slot = slot(variant);
        try {
            if (variant == Variant.RECVLOGICAL) {
                return recvlogical.orElseThrow().stream(server.settings(), slot, end, settings.changes());
            }
            try (var probe = ProbeProcess.start(
                    server.settings(),
                    List.of(),
                    variant,
                    Map.of("changes", Integer.toString(settings.changes()), "slot", slot))) {
                return probe.await(ProbeLine.RESULT);
            }
        } finally {
            server.dropSlot(slot);
        }
    }

    private static String slot(Variant variant) {
        return "bench_" + variant.name().toLowerCase(Locale.ROOT);
    }
}
