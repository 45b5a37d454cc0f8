package localcdc.common.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.JsonText;
import localcdc.core.event.Lsn;
import localcdc.core.index.LatestState;

/**
 * {@code GET /api/events}: the changes as they are applied, as Server-Sent Events. An event named {@code dropped}, with
 * {@code {"dropped":N}}, says that the reader was too slow for N changes; a comment comes now and then to keep the
 * connection alive.
 *
 * <p>One thread of the server takes the changes out of {@link RecentChanges} some forty times a second, writes each as JSON once, and hands it to every reader's own bounded queue.
 */
final class LiveEvents {

    static final int MAX_CLIENTS = 64;

    /** More than this in one round is dropped, so that a burst does not cost the map its processor. */
    private static final int EVENTS_A_ROUND = 2000;

    private static final long ALIVE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final DateTimeFormatter MICROS =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

    private final RecentChanges recent;
    private final List<LiveClient> clients = new CopyOnWriteArrayList<>();
    private final AtomicInteger clientCount = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final Duration stalled;
    private long read;
    private long aliveAt = System.nanoTime();

    LiveEvents(RecentChanges recent, Duration stalled) {
        this.recent = recent;
        this.stalled = stalled;
    }

    int clients() {
        return clientCount.get();
    }

    /** Changes that were not shown, summed over all readers. */
    long dropped() {
        return dropped.get();
    }

    /** {@code GET /api/events}. */
    void subscribe(Exchange exchange) throws IOException {
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
        var client = new LiveClient(exchange, this::gone);
        clients.add(client);
        client.offer(": the changes follow\nretry: 2000\n\n".getBytes(StandardCharsets.US_ASCII), 0);
    }

    private void gone(LiveClient client) {
        if (clients.remove(client)) {
            clientCount.decrementAndGet();
            dropped.addAndGet(client.dropped());
        }
    }

    /** One round of handing out; for the server's one thread that does this. */
    void round() {
        long upTo = recent.written();
        if (clients.isEmpty()) {
            read = upTo;
            return;
        }
        long lost = Math.max(0, upTo - read - RecentChanges.CHANGES);
        read += lost;
        var frames = new ArrayList<byte[]>();
        var out = new ByteArrayOutputStream(512);
        for (; read < upTo; read++) {
            var change = recent.get(read);
            if (frames.size() >= EVENTS_A_ROUND || change == null) {
                // Overwritten by a faster writer, or more than a round's share.
                lost++;
                continue;
            }
            out.reset();
            frames.add(frame(out, change));
        }
        long now = System.nanoTime();
        boolean alive = now - aliveAt > ALIVE_NANOS;
        if (alive) {
            aliveAt = now;
        }
        for (var client : clients) {
            client.offer(frames, lost);
            if (alive) {
                client.keepAlive();
            }
        }
    }

    private static byte[] frame(ByteArrayOutputStream out, RecentChanges.Change change) {
        try {
            ascii(out, "id: " + change.number() + "\ndata: ");
            writeJson(out, change.event(), change.before(), change.after());
            ascii(out, "\n\n");
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
    }

    /** One change as an object without line breaks. */
    static void writeJson(OutputStream out, ChangeEvent event, LatestState before, LatestState after)
            throws IOException {
        ascii(out, "{\"op\":\"" + event.operation().label() + "\",\"table\":");
        out.write(JsonText.quoted(event.table().toString()));
        ascii(out, ",\"key\":");
        if (event.row() == null) {
            ascii(out, "null");
        } else {
            event.row().writeKeyJson(out);
        }
        ascii(out, ",\"before\":");
        writeRow(out, before);
        ascii(out, ",\"row\":");
        writeRow(out, after);
        if (after != null && after.row().hasUnavailable()) {
            ascii(
                    out,
                    ",\"unavailable\":"
                            + Exchange.JSON.writeValueAsString(after.row().unavailable()));
        }
        var position = event.position();
        ascii(out, ",\"lsn\":\"" + Lsn.format(event.lsn()) + "\"");
        ascii(out, ",\"txId\":" + (position.snapshot() ? "null" : position.txId()));
        ascii(out, ",\"commitTime\":\"");
        ascii(out, MICROS.format(Instant.EPOCH.plus(position.commitMicros(), ChronoUnit.MICROS)));
        ascii(out, "\"}");
    }

    private static void writeRow(OutputStream out, LatestState state) throws IOException {
        if (state == null) {
            ascii(out, "null");
        } else {
            state.row().writeJson(out);
        }
    }

    private static void ascii(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends every reader's stream. */
    void close() {
        clients.forEach(LiveClient::end);
    }
}
