package localcdc.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
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

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FOLLOWED = "/api/events?every=1000&newest=100&ofMany=25";
    /** Of so many seconds one in which it is asked how the comparison stands. */
    private static final int TRUST_EVERY = 5;

    private final RunnerClient runner;
    private final InputStream events;
    private Future<?> polling = CompletableFuture.completedFuture(null);
    /** For the thread that polls: how often it has, and the first second that it does not know. */
    private int polls;

    private int nextSecond;
    private final AtomicLong eventBytes = new AtomicLong();
    private final AtomicReference<IOException> failure = new AtomicReference<>();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2, task -> {
        var thread = new Thread(task, "page-requests");
        thread.setDaemon(true);
        return thread;
    });

    private PageRequests(RunnerClient runner) throws IOException, InterruptedException {
        this.runner = runner;
        this.events = runner.get(FOLLOWED, HttpResponse.BodyHandlers.ofInputStream());
    }

    /** Begins; follows the changes when it returns. */
    static PageRequests to(String url) throws IOException, InterruptedException {
        var requests = new PageRequests(new RunnerClient(url));
        requests.threads.execute(requests::follow);
        requests.polling = requests.threads.scheduleAtFixedRate(requests::poll, 0, 1, TimeUnit.SECONDS);
        return requests;
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
            runner.get("/api/status", HttpResponse.BodyHandlers.ofByteArray());
            var latency = runner.get("/api/latency?from=" + nextSecond, HttpResponse.BodyHandlers.ofByteArray());
            nextSecond = JSON.readTree(latency).path("next").intValue();
            if (polls++ % TRUST_EVERY == 0) {
                runner.get("/api/trust", HttpResponse.BodyHandlers.ofByteArray());
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
