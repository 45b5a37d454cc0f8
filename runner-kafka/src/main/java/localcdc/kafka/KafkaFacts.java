package localcdc.kafka;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import localcdc.core.source.SourceStatus;

/** What the source knows of itself: written by its threads, read by anyone. */
final class KafkaFacts {

    private final KafkaSettings settings;
    private final KnownTables tables;
    private final AtomicLong heartbeatMicros = new AtomicLong();
    private final LongAdder records = new LongAdder();
    private final AtomicLong restarts = new AtomicLong();
    private volatile int partitionsInAll;
    private volatile TopicReader data;
    private volatile TopicReader control;
    private volatile Map<String, Object> connect;
    private volatile long rebuildBegan = System.nanoTime();
    private volatile long rebuildRecords;

    KafkaFacts(KafkaSettings settings, KnownTables tables) {
        this.settings = settings;
        this.tables = tables;
    }

    void readers(TopicReader dataReader, TopicReader controlReader) {
        data = dataReader;
        control = controlReader;
    }

    /** The readers of rows and of messages; none before the start. */
    List<TopicReader> readers() {
        return Arrays.asList(data, control).stream().filter(Objects::nonNull).toList();
    }

    /** A message has come by that was committed then. */
    void heartbeat(long commitMicros) {
        heartbeatMicros.accumulateAndGet(commitMicros, Math::max);
    }

    /** How many partitions the topics have, whoever reads them. */
    void partitionsInAll(int count) {
        partitionsInAll = count;
    }

    /** Why the map is only a part of the tables, as a sentence; nothing where it is whole. */
    Optional<String> partOnly() {
        var reader = data;
        int held = reader == null ? 0 : reader.streams().size();
        return settings.group() == null || held == partitionsInAll
                ? Optional.empty()
                : Optional.of("As a member of group " + settings.group() + " it holds " + held + " of "
                        + partitionsInAll + " partitions.");
    }

    void received(int count) {
        records.add(count);
    }

    void restarted() {
        restarts.incrementAndGet();
    }

    void connect(Map<String, Object> state) {
        connect = state;
    }

    /** The map begins to be filled, wholly or in part. */
    void filling() {
        rebuildBegan = System.nanoTime();
        rebuildRecords = records.sum();
    }

    /** The partitions that this process reads, with where they stand. */
    List<Map<String, Object>> partitions() {
        var list = new ArrayList<Map<String, Object>>();
        var reader = data;
        for (var stream : reader == null ? List.<Stream>of() : reader.streams()) {
            var one = new LinkedHashMap<String, Object>();
            one.put("topic", stream.partition().topic());
            one.put("partition", stream.partition().partition());
            one.put("position", stream.position());
            one.put("rebuilding", stream.isBehind());
            one.put("left", stream.left());
            list.add(one);
        }
        return list;
    }

    /** How far the filling of the map has come. */
    Map<String, Object> progress() {
        var reader = data;
        long total = 0;
        long left = 0;
        for (var stream : reader == null ? List.<Stream>of() : reader.streams()) {
            total += stream.target() - stream.begin();
            left += stream.left();
        }
        double seconds = (System.nanoTime() - rebuildBegan) / 1e9;
        double perSecond = (records.sum() - rebuildRecords) / Math.max(seconds, 0.001);
        var progress = new LinkedHashMap<String, Object>();
        progress.put("records", total - left);
        progress.put("recordsTotal", total);
        progress.put("share", total == 0 ? 1.0 : Math.round((total - left) * 1000.0 / total) / 1000.0);
        progress.put("secondsLeft", secondsLeft(left, perSecond));
        return progress;
    }

    /** Null while nothing has come from which the time could be told. */
    private static Double secondsLeft(long left, double perSecond) {
        if (left == 0) {
            return 0.0;
        }
        return perSecond <= 0 ? null : Double.valueOf(Math.round(left / perSecond * 10) / 10.0);
    }

    SourceStatus status() {
        var details = new LinkedHashMap<String, Object>();
        details.put("bootstrapServers", settings.bootstrapServers());
        details.put("group", settings.group());
        var reader = data;
        details.put(
                "topics",
                reader == null ? List.of() : reader.topics().stream().sorted().toList());
        var controls = control;
        details.put(
                "controlTopics",
                controls == null
                        ? List.of()
                        : controls.topics().stream().sorted().toList());
        details.put("rebuild", progress());
        details.put("restartedPartitions", restarts.get());
        details.put("connect", connect);
        long beat = heartbeatMicros.get();
        Double age = beat == 0 ? null : Math.max(0, System.currentTimeMillis() * 1000 - beat) / 1e6;
        return new SourceStatus(null, age, tables.changed(), details);
    }
}
