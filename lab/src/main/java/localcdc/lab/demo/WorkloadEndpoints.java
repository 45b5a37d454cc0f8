package localcdc.lab.demo;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import localcdc.common.http.Exchange;
import localcdc.common.http.HttpProblem;

/** {@code GET /api/workload}, {@code PUT /api/workload} and {@code POST /api/workload/burst}: how the workload goes. Any thread. */
final class WorkloadEndpoints {

    private static final int BODY_BYTES = 4096;
    private static final int MOST_BURST = 1_000_000;
    private static final String BURSTS =
            "a whole number from 1 to " + MOST_BURST + ", those that are still to be made included";

    private final Supplier<SteadyWorkload> workload;

    /** @param workload null before it is there */
    WorkloadEndpoints(Supplier<SteadyWorkload> workload) {
        this.workload = workload;
    }

    void show(Exchange exchange) throws IOException {
        exchange.json(200, state());
    }

    /** Sets what the body names: {@code rate}, {@code transaction}, {@code mix}, {@code paused}; the rest stays. */
    void set(Exchange exchange) throws IOException {
        var wanted = Wanted.of(exchange, BODY_BYTES, "rate", "transaction", "mix", "paused");
        var now = workload().pace();
        try {
            workload()
                    .pace(new Pace(
                            wanted.number("rate", now.rate(), Pace.RATES),
                            wanted.whole("transaction", now.transaction(), Pace.TRANSACTIONS),
                            wanted.has("mix") ? mix(wanted) : now.mix(),
                            wanted.flag("paused", now.paused())));
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, e.getMessage());
        }
        exchange.json(200, state());
    }

    /** {@code {"changes":N}}. */
    void burst(Exchange exchange) throws IOException {
        int changes = Wanted.of(exchange, BODY_BYTES, "changes").whole("changes", BURSTS);
        if (changes < 1 || changes + workload().burstLeft() > MOST_BURST) {
            throw Wanted.refused("changes", changes, BURSTS);
        }
        workload().burst(changes);
        exchange.json(202, state());
    }

    /** For Jackson. */
    Map<String, Object> state() {
        var now = workload();
        var state = new LinkedHashMap<String, Object>();
        state.put("rate", now.pace().rate());
        state.put("transaction", now.pace().transaction());
        state.put("mix", name(now.pace().mix()));
        state.put("paused", now.pace().paused());
        state.put("burstLeft", now.burstLeft());
        state.put("made", now.made());
        state.put("problem", now.problem());
        return state;
    }

    private SteadyWorkload workload() {
        var now = workload.get();
        if (now == null) {
            throw new HttpProblem(503, "The platform is starting; the workload is not there yet.");
        }
        return now;
    }

    private static WorkloadMix mix(Wanted wanted) {
        var names = Arrays.stream(WorkloadMix.values()).map(WorkloadEndpoints::name);
        return WorkloadMix.valueOf(
                wanted.choice("mix", names.toArray(String[]::new)).toUpperCase(Locale.ROOT));
    }

    private static String name(WorkloadMix mix) {
        return mix.name().toLowerCase(Locale.ROOT);
    }
}
