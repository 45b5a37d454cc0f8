package localcdc.lab.bench;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How many follow a runner's changes, as its metrics say. For one thread. */
final class Followers {

    private static final String METRIC = "localcdc_live_clients ";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 100;

    private static final String METRICS = "/metrics";

    private final RunnerClient runner;

    Followers(RunnerClient runner) {
        this.runner = runner;
    }

    int count() throws IOException, InterruptedException {
        return runner.get(METRICS, HttpResponse.BodyHandlers.ofLines())
                .filter(line -> line.startsWith(METRIC))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(METRIC.length())))
                .findFirst()
                .orElseThrow(() -> new IOException(METRICS + " has no " + METRIC));
    }

    /** Waits until there are so many; an exception after a minute. */
    void await(int wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int count = count(); count != wanted; count = count()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(count + " follow the runner's changes and not " + wanted);
            }
            // No event tells it.
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }
}
