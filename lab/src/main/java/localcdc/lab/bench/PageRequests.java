package localcdc.lab.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Asks a runner for what its page asks for, as often, and throws it away: what serving the page costs, without what drawing it does.
 * Close stops it. For one thread.
 */
final class PageRequests implements AutoCloseable {

    private static final List<String> EVERY_SECOND = List.of("/api/status", "/api/latency", "/api/trust");
    private static final String FOLLOWED = "/api/events?every=1000&newest=100";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI runner;
    private final InputStream events;
    private Future<?> polling = CompletableFuture.completedFuture(null);
    private final AtomicLong eventBytes = new AtomicLong();
    private final AtomicReference<IOException> failure = new AtomicReference<>();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2, task -> {
        var thread = new Thread(task, "page-requests");
        thread.setDaemon(true);
        return thread;
    });

    private PageRequests(URI runner) throws IOException, InterruptedException {
        this.runner = runner;
        this.events = get(FOLLOWED, HttpResponse.BodyHandlers.ofInputStream());
    }

    /** Begins; follows the changes when it returns. */
    static PageRequests to(String url) throws IOException, InterruptedException {
        var requests = new PageRequests(URI.create(url));
        requests.threads.execute(requests::follow);
        requests.polling = requests.threads.scheduleAtFixedRate(requests::poll, 0, 1, TimeUnit.SECONDS);
        return requests;
    }

    private <T> T get(String path, HttpResponse.BodyHandler<T> handler) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(runner.resolve(path)).timeout(PATIENCE).build();
        var answer = client.send(request, handler);
        if (answer.statusCode() != 200) {
            throw new IOException(path + " was answered with " + answer.statusCode());
        }
        return answer.body();
    }

    private void follow() {
        try {
            var buffer = new byte[1 << 16];
            for (int read = events.read(buffer); read >= 0; read = events.read(buffer)) {
                eventBytes.addAndGet(read);
            }
            failure.compareAndSet(null, new IOException(FOLLOWED + " has ended"));
        } catch (IOException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void poll() {
        try {
            for (var path : EVERY_SECOND) {
                get(path, HttpResponse.BodyHandlers.ofByteArray());
            }
        } catch (IOException e) {
            failure.compareAndSet(null, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @throws IOException when a request has failed, or no change came, so that what was measured counts nothing */
    void checkServed() throws IOException {
        if (failure.get() != null) {
            throw failure.get();
        }
        if (eventBytes.get() == 0) {
            throw new IOException("no change came from " + FOLLOWED);
        }
    }

    @Override
    public void close() throws IOException {
        polling.cancel(true);
        threads.shutdownNow();
        events.close();
    }
}
