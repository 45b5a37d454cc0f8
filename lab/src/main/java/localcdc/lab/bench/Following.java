package localcdc.lab.bench;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** How a probe that follows a stream obeys its orders. For one thread, but for {@link #one}. */
final class Following {

    private static final String COUNT = "count ";

    private final Probe probe;
    private final Followed followed;
    private final AtomicReference<ChangeCount> counting = new AtomicReference<>();

    /** What is followed. */
    interface Followed {
        /** The latencies recorded so far; see {@link RunningMap#latency}. */
        Map<String, Double> latency();

        /** Forgets them. */
        void resetLatency();
    }

    Following(Probe probe, Followed followed) {
        this.probe = probe;
        this.followed = followed;
    }

    /** A change has been applied. For the thread that applies. */
    void one() {
        var count = counting.get();
        if (count != null) {
            count.one();
        }
    }

    /**
     * Says that it is ready, and obeys: at {@code mark} it forgets what it has measured, at {@code report} it says it, at
     * {@code count N} it says that it counts and, when so many more changes have been applied, what that took; at
     * {@code end} it returns.
     *
     * @param ready what the first word says
     */
    void obey(Map<String, Double> ready) throws InterruptedException {
        probe.say(ProbeLine.READY, ready);
        long marked = System.nanoTime();
        long cpu = ChangeCount.cpuNanos();
        for (var order = probe.nextOrder(); !order.equals("end"); order = probe.nextOrder()) {
            if (order.startsWith(COUNT)) {
                count(Long.parseLong(order.substring(COUNT.length())));
                continue;
            }
            if (order.equals("report")) {
                var values = followed.latency();
                values.put("cpu", (ChangeCount.cpuNanos() - cpu) / (double) (System.nanoTime() - marked));
                probe.say(ProbeLine.RESULT, values);
            }
            followed.resetLatency();
            marked = System.nanoTime();
            cpu = ChangeCount.cpuNanos();
        }
    }

    private void count(long changes) throws InterruptedException {
        var count = new ChangeCount(changes);
        counting.set(count);
        probe.say(ProbeLine.READY, Map.of());
        probe.say(ProbeLine.RESULT, count.await());
        counting.set(null);
    }
}
