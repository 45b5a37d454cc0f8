package localcdc.lab.demo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import localcdc.core.event.ChangeEvent;
import localcdc.core.event.Lsn;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.TableId;
import localcdc.core.index.ChangeListener;
import localcdc.core.pipeline.Latency;

/**
 * Which path saw a change first, and by how much. A change is one by its place in the log and its key; rows of snapshots and
 * truncates do not count. It remembers the latest {@value #KEPT} changes that not every path has seen yet. Any thread.
 */
final class Race {

    private static final int KEPT = 8192;
    private static final int LATEST = 500;

    private final List<String> names = new ArrayList<>();
    private final List<Long> wins = new ArrayList<>();
    private final List<Latency> behind = new ArrayList<>();
    private final Map<Place, Run> running = new LinkedHashMap<>();
    private final ArrayDeque<Run> latest = new ArrayDeque<>();
    private long finished;

    private record Place(long lsn, TableId table, PrimaryKey key) {}

    /** One change on its way; for the holder of the race's lock. */
    private static final class Run {
        final ChangeEvent event;
        final String key;
        final long[] nanos;
        int seen;

        Run(ChangeEvent event, int paths) {
            this.event = event;
            this.key = ChangeLines.key(event.row());
            this.nanos = new long[paths];
        }

        long first() {
            return Arrays.stream(nanos).filter(nano -> nano != 0).min().orElse(0);
        }
    }

    /** Adds a path, before its first change, or lets it begin anew; its listener tells what it has seen. */
    synchronized ChangeListener path(String name) {
        int known = names.indexOf(name);
        int path = known < 0 ? names.size() : known;
        if (known < 0) {
            names.add(name);
            wins.add(0L);
            behind.add(new Latency());
        }
        return (event, before, after) -> seen(path, event);
    }

    private void seen(int path, ChangeEvent event) {
        if (event.operation() == Operation.READ
                || event.operation() == Operation.TRUNCATE
                || event.position().snapshot()) {
            return;
        }
        long nanos = System.nanoTime();
        synchronized (this) {
            seen(path, event, nanos);
        }
    }

    private void seen(int path, ChangeEvent event, long nanos) {
        var place = new Place(event.lsn(), event.table(), event.key());
        var run = running.get(place);
        if (run == null) {
            run = new Run(event, names.size());
            running.put(place, run);
            latest.addFirst(run);
            forgetOld();
        }
        // A path that was added later, or reads again what it had seen.
        if (path >= run.nanos.length || run.nanos[path] != 0) {
            return;
        }
        run.nanos[path] = nanos;
        run.seen++;
        if (run.seen == names.size()) {
            running.remove(place);
            finish(run);
        }
    }

    private void forgetOld() {
        if (latest.size() > LATEST) {
            latest.removeLast();
        }
        if (running.size() > KEPT) {
            Iterator<Place> oldest = running.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private void finish(Run run) {
        long first = run.first();
        finished++;
        for (int path = 0; path < run.nanos.length; path++) {
            long later = run.nanos[path] - first;
            behind.get(path).record(later / 1000);
            if (later == 0) {
                wins.set(path, wins.get(path) + 1);
            }
        }
    }

    /**
     * The standing, for Jackson: {@code changes} that every path has seen; per path how often it was the first and how far it is behind
     * the first; the latest changes, each with how far every path was behind the first (null: not there yet).
     *
     * @param key only changes of the row with this key, as JSON
     */
    synchronized Map<String, Object> standing(int limit, Optional<String> key) {
        var standing = new LinkedHashMap<String, Object>();
        standing.put("changes", finished);
        var paths = new LinkedHashMap<String, Object>();
        for (int path = 0; path < names.size(); path++) {
            var percentiles = behind.get(path).percentiles();
            var one = new LinkedHashMap<String, Object>();
            one.put("first", wins.get(path));
            one.put("behindMillis", Map.of("p50", percentiles.p50(), "p99", percentiles.p99()));
            paths.put(names.get(path), one);
        }
        standing.put("paths", paths);
        standing.put(
                "latest",
                latest.stream()
                        .filter(run -> key.isEmpty() || key.get().equals(run.key))
                        .limit(limit)
                        .map(this::shown)
                        .toList());
        return standing;
    }

    private Map<String, Object> shown(Run run) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("op", run.event.operation().label());
        shown.put("table", run.event.table().toString());
        shown.put("key", run.key);
        shown.put("lsn", Lsn.format(run.event.lsn()));
        long first = run.first();
        var behindFirst = new LinkedHashMap<String, Object>();
        for (int path = 0; path < run.nanos.length; path++) {
            behindFirst.put(names.get(path), run.nanos[path] == 0 ? null : (run.nanos[path] - first) / 1e6);
        }
        shown.put("behindMillis", behindFirst);
        return shown;
    }
}
