package localcdc.lab.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How many follow a runner's changes, as its metrics say. For one thread. */
final class Followers {

    private static final String METRIC = "localcdc_live_clients ";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 100;

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI metrics;

    Followers(URI metrics) {
        this.metrics = metrics;
    }

    int count() throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(metrics).timeout(PATIENCE).build();
        return client.send(request, HttpResponse.BodyHandlers.ofLines())
                .body()
                .filter(line -> line.startsWith(METRIC))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(METRIC.length())))
                .findFirst()
                .orElseThrow(() -> new IOException(metrics + " has no " + METRIC));
    }

    /** Waits until there are so many; an exception after a minute. */
    void await(int wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int count = count(); count != wanted; count = count()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(count + " follow the changes of " + metrics.resolve("/") + " and not " + wanted);
            }
            // No event tells it.
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }
}
