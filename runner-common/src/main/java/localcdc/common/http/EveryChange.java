package localcdc.common.http;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import localcdc.common.http.RecentChanges.Change;

/** Tells a reader every change that it wants, each as one event; what it is too slow for is dropped and counted. */
final class EveryChange implements LiveReader {

    /** More than this in one round, or than the reader's queue takes, is dropped, so that a burst does not cost the map its processor. */
    private static final int EVENTS_A_ROUND = 2000;

    private final LiveClient client;
    private final Predicate<Change> wanted;
    private final List<byte[]> events = new ArrayList<>();
    private long bytes;
    private long tooMany;

    EveryChange(LiveClient client, Predicate<Change> wanted) {
        this.client = client;
        this.wanted = wanted;
    }

    @Override
    public void take(Change change, Supplier<byte[]> json) {
        if (!wanted.test(change)) {
            return;
        }
        var data = json.get();
        if (!events.isEmpty() && (events.size() == EVENTS_A_ROUND || bytes + data.length > LiveClient.QUEUE_BYTES)) {
            tooMany++;
            return;
        }
        events.add(ServerSentEvent.of(change.number(), data));
        bytes += data.length;
    }

    @Override
    public void endRound(long lost, long nanos) {
        client.offer(events, lost + tooMany);
        events.clear();
        bytes = 0;
        tooMany = 0;
    }

    @Override
    public LiveClient client() {
        return client;
    }
}
