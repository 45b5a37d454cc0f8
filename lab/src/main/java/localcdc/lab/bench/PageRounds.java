package localcdc.lab.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * P11: the same runner under the same load: alone, asked for what its page shows, and with the page open in a browser, in a
 * laptop's window and in one that shows all of it.
 */
final class PageRounds {

    static final String ALONE = "alone";
    static final String SERVED = "served";
    static final String WATCHED = "watched";
    static final String WHOLLY_WATCHED = "watched, all in sight";
    /** Of an even round; an odd one has them the other way round. */
    private static final List<String> STRETCHES = List.of(WHOLLY_WATCHED, WATCHED, SERVED, ALONE);

    private static final Logger LOG = LoggerFactory.getLogger(PageRounds.class);

    /** Three times as long as the stretches of the other figures: a minute. */
    private static final int LONGER = 3;

    private final BenchServer server;
    private final BenchSettings settings;
    private final Chromium chromium;

    PageRounds(BenchServer server, BenchSettings settings, Chromium chromium) {
        this.server = server;
        this.settings = settings;
        this.chromium = chromium;
    }

    /** Which stretch comes first alternates, so that a machine that becomes slower or faster does not decide. */
    List<Measurement> run(int round) throws SQLException, IOException, InterruptedException {
        var values = new TreeMap<String, Double>();
        try (var probe = ProbeProcess.start(server.settings(), settings.jvmOptions(), Variant.MAP_WATCHED, Map.of());
                var load = new OpenLoad(server.connect(), settings.rows())) {
            int port = probe.await(ProbeLine.READY).get("port").intValue();
            new LatencyStretch(probe, load, Map.of()).run(LatencyStretch.HIGH, settings.latencySeconds());
            var url = "http://127.0.0.1:" + port + "/";
            for (var name : inOrder(round)) {
                values.putAll(
                        switch (name) {
                            case ALONE -> measure(new LatencyStretch(probe, load, Map.of()), ALONE);
                            case SERVED -> served(probe, load, url);
                            case WATCHED -> watched(probe, load, url, Chromium.Window.LAPTOP, WATCHED);
                            default -> watched(probe, load, url, Chromium.Window.WHOLE_PAGE, WHOLLY_WATCHED);
                        });
            }
            probe.order("end");
            values.putAll(probe.await(ProbeLine.RESULT));
        }
        LOG.info("round {}: {}", round, values);
        return List.of(new Measurement(round, Variant.MAP_WATCHED, values));
    }

    private static List<String> inOrder(int round) {
        var stretches = new ArrayList<>(STRETCHES);
        if (round % 2 == 1) {
            Collections.reverse(stretches);
        }
        return stretches;
    }

    private Map<String, Double> served(ProbeProcess probe, OpenLoad load, String url)
            throws SQLException, IOException, InterruptedException {
        try (var requests = PageRequests.to(url)) {
            var values = measure(new LatencyStretch(probe, load, Map.of()), SERVED);
            requests.checkServed();
            return values;
        }
    }

    private Map<String, Double> watched(
            ProbeProcess probe, OpenLoad load, String url, Chromium.Window window, String name)
            throws SQLException, IOException, InterruptedException {
        try (var page = chromium.open(url, window)) {
            var values = measure(new LatencyStretch(probe, load, Map.of("browser", page.pids())), name);
            page.checkFollowing();
            return values;
        }
    }

    private Map<String, Double> measure(LatencyStretch stretch, String name)
            throws SQLException, IOException, InterruptedException {
        stretch.run(LatencyStretch.HIGH, Math.max(1, settings.latencySeconds() / 2));
        return stretch.measure(name, LatencyStretch.HIGH, LONGER * settings.latencySeconds());
    }
}
