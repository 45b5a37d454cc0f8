package localcdc.common.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import localcdc.common.http.RecentChanges.Change;
import localcdc.core.pipeline.Pipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /api/events}: the changes as they are applied, as Server-Sent Events, each by itself ({@link EveryChange}) or in
 * summaries ({@link LiveSummary}). A comment comes now and then to keep the connection alive.
 *
 * <p>One thread of the server takes the changes out of {@link RecentChanges} some forty times a second and hands them to every
 * reader, whose own queue is bounded.
 */
final class LiveEvents {

    private static final Logger LOG = LoggerFactory.getLogger(LiveEvents.class);

    static final int MAX_CLIENTS = 64;

    private static final int DEFAULT_NEWEST = 100;
    private static final int HIGHEST_NEWEST = 1000;
    private static final int SHORTEST_MILLIS = 25;
    private static final int LONGEST_MILLIS = 60_000;
    private static final long ALIVE_NANOS = Duration.ofSeconds(10).toNanos();

    /** A reader that is new, and the first change that it is to be given. */
    private record Arrival(LiveReader reader, long from) {}

    private final RecentChanges recent;
    private final Pipeline pipeline;
    private final KeyParser keys;
    private final Duration stalled;
    private final List<LiveReader> readers = new CopyOnWriteArrayList<>();
    private final Queue<Arrival> arrived = new ConcurrentLinkedQueue<>();
    private final AtomicInteger clientCount = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private long read;
    private long aliveAt = System.nanoTime();

    LiveEvents(RecentChanges recent, Pipeline pipeline, KeyParser keys, Duration stalled) {
        this.recent = recent;
        this.pipeline = pipeline;
        this.keys = keys;
        this.stalled = stalled;
    }

    int clients() {
        return clientCount.get();
    }

    /** Changes that were not shown, summed over all readers. */
    long dropped() {
        return dropped.sum();
    }

    /** {@code GET /api/events?every=MILLIS&newest=N&ofMany=N&table=T&op=O&key=K&text=T}; without {@code every} each change by itself. */
    void subscribe(Exchange exchange) throws IOException {
        var wanted = ChangeFilter.of(exchange, pipeline, keys);
        var every = exchange.number("every", SHORTEST_MILLIS, LONGEST_MILLIS);
        int newest = exchange.number("newest", 0, HIGHEST_NEWEST).orElse(DEFAULT_NEWEST);
        int ofMany = exchange.number("ofMany", 0, newest).orElse(newest);
        if (clientCount.incrementAndGet() > MAX_CLIENTS) {
            clientCount.decrementAndGet();
            throw new HttpProblem(503, MAX_CLIENTS + " readers follow the changes already.");
        }
        exchange.cutAfter(stalled);
        exchange.setHeader("Content-Type", "text/event-stream");
        exchange.setHeader("X-Accel-Buffering", "no");
        if (exchange.isHead()) {
            clientCount.decrementAndGet();
            return;
        }
        exchange.detach();
        long from = recent.written();
        var client = new LiveClient(exchange, dropped, clientCount::decrementAndGet);
        client.offer(": the changes follow\nretry: 2000\n\n".getBytes(StandardCharsets.US_ASCII), 0);
        var shown = new LiveSummary.Shown(newest, ofMany);
        var reader = every.<LiveReader>map(millis -> new LiveSummary(client, wanted, shown, Duration.ofMillis(millis)))
                .orElseGet(() -> new EveryChange(client, wanted));
        arrived.add(new Arrival(reader, from));
    }

    /** One round of handing out; for the server's one thread that does this. */
    void round() {
        readers.removeIf(reader -> reader.client().isGone());
        var arrivals = new ArrayList<Arrival>();
        for (var arrival = arrived.poll(); arrival != null; arrival = arrived.poll()) {
            arrivals.add(arrival);
        }
        // Read after them, so that none of them begins behind it.
        long upTo = recent.written();
        handOut(readers, read, upTo);
        read = upTo;
        for (var arrival : arrivals) {
            var reader = arrival.reader();
            attempt(reader, () -> reader.begin(recent.newestFirst(arrival.from())));
            handOut(List.of(reader), arrival.from(), upTo);
            readers.add(reader);
        }
        long now = System.nanoTime();
        if (now - aliveAt > ALIVE_NANOS) {
            aliveAt = now;
            readers.forEach(reader -> reader.client().keepAlive());
        }
    }

    private void handOut(List<LiveReader> to, long from, long upTo) {
        if (to.isEmpty()) {
            return;
        }
        // What a faster writer had overwritten.
        long lost = Math.max(0, upTo - from - RecentChanges.CHANGES);
        for (long number = from + lost; number < upTo; number++) {
            var change = recent.get(number);
            if (change == null) {
                lost++;
                continue;
            }
            var json = new OnceJson(change);
            for (var reader : to) {
                attempt(reader, () -> reader.take(change, json));
            }
        }
        long all = lost;
        long now = System.nanoTime();
        to.forEach(reader -> attempt(reader, () -> reader.endRound(all, now)));
    }

    /** One reader's failure must not be the others'. */
    private static void attempt(LiveReader reader, Runnable step) {
        if (reader.client().isGone()) {
            return;
        }
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.error("a reader of the live changes is cut, since its changes cannot be told", e);
            reader.client().end();
        }
    }

    /** A change as JSON, written when it is first asked for. For one thread. */
    private static final class OnceJson implements Supplier<byte[]> {

        private final Change change;
        private byte[] json;

        private OnceJson(Change change) {
            this.change = change;
        }

        @Override
        public byte[] get() {
            if (json == null) {
                json = ChangeJson.of(change);
            }
            return json;
        }
    }

    /** Ends every reader's stream. */
    void close() {
        readers.forEach(reader -> reader.client().end());
        arrived.forEach(arrival -> arrival.reader().client().end());
    }
}
