package localcdc.common.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Predicate;
import java.util.function.Supplier;
import localcdc.common.http.RecentChanges.Change;

/**
 * Tells a reader once in a while how many changes there were and shows it the newest of those that it wants, so that a burst
 * costs it no more than a quiet second, and nothing is missing from the counts. While the reader has not taken what it was sent, the next summary waits and covers more.
 */
final class LiveSummary implements LiveReader {

    /** What waits for a summary, and what it shows, is no more than this, except that the newest change always comes. */
    private static final int BYTES = 256 * 1024;

    private final LiveClient client;
    private final Predicate<Change> wanted;
    private final Shown shown;
    private final long everyNanos;
    /** The newest of the wanted ones, the oldest of them first. */
    private final ArrayDeque<Change> held = new ArrayDeque<>();

    private long heldBytes;
    private long seen;
    private long matching;
    private long lost;
    private long said;

    /**
     * How many changes a summary shows at most.
     *
     * @param ofMany how many where there are more than {@code newest}
     */
    record Shown(int newest, int ofMany) {}

    /**
     * @param every the least time between two summaries
     */
    LiveSummary(LiveClient client, Predicate<Change> wanted, Shown shown, Duration every) {
        this.client = client;
        this.wanted = wanted;
        this.shown = shown;
        this.everyNanos = every.toNanos();
        this.said = System.nanoTime() - everyNanos;
    }

    /** What is remembered comes as an event {@code latest}, uncounted: a reader that has come again replaces what it shows. */
    @Override
    public void begin(Iterable<Change> newestFirst) {
        for (var change : newestFirst) {
            if (held.size() == shown.newest() || heldBytes > BYTES) {
                break;
            }
            if (wanted.test(change)) {
                held.addFirst(change);
                heldBytes += change.bytes();
            }
        }
        send("latest", "{\"changes\":[");
    }

    @Override
    public void take(Change change, Supplier<byte[]> json) {
        seen++;
        if (!wanted.test(change)) {
            return;
        }
        matching++;
        held.addLast(change);
        heldBytes += change.bytes();
        while (held.size() > shown.newest() || (heldBytes > BYTES && held.size() > 1)) {
            heldBytes -= held.removeFirst().bytes();
        }
    }

    @Override
    public void endRound(long lostNow, long nanos) {
        lost += lostNow;
        client.countDropped(lostNow);
        if (seen + lost > 0 && nanos - said >= everyNanos && client.isIdle()) {
            said = nanos;
            send("changes", "{\"seen\":" + seen + ",\"matching\":" + matching + ",\"lost\":" + lost + ",\"changes\":[");
        }
    }

    private void send(String name, String head) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        int most = matching > shown.newest() ? shown.ofMany() : shown.newest();
        for (int i = 0; i < most && !held.isEmpty() && (i == 0 || out.size() < BYTES); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.writeBytes(ChangeJson.of(held.removeLast()));
        }
        out.writeBytes("]}".getBytes(StandardCharsets.US_ASCII));
        held.clear();
        heldBytes = 0;
        seen = 0;
        matching = 0;
        lost = 0;
        client.offer(ServerSentEvent.named(name, out.toByteArray()), 0);
    }

    @Override
    public LiveClient client() {
        return client;
    }
}
