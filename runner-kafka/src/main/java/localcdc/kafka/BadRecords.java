package localcdc.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records that could not be read: all are counted, some logged, the latest kept. One thread adds, any thread asks. */
final class BadRecords {

    static final int KEPT = 100;

    private static final Logger LOG = LoggerFactory.getLogger(BadRecords.class);
    private static final int SAMPLE_BYTES = 200;
    private static final int LINES_A_SECOND = 20;

    private final ArrayDeque<Map<String, Object>> latest = new ArrayDeque<>();
    private long count;
    private long second = System.nanoTime();
    private int lines;
    private long notLogged;

    synchronized void add(ConsumerRecord<byte[], byte[]> bad, String problem) {
        count++;
        var kept = new LinkedHashMap<String, Object>();
        kept.put("topic", bad.topic());
        kept.put("partition", bad.partition());
        kept.put("offset", bad.offset());
        kept.put("timestamp", Instant.ofEpochMilli(bad.timestamp()).toString());
        kept.put("problem", problem);
        kept.put("key", sample(bad.key()));
        kept.put("value", sample(bad.value()));
        latest.addLast(kept);
        if (latest.size() > KEPT) {
            latest.removeFirst();
        }
        log(bad, problem);
    }

    private void log(ConsumerRecord<byte[], byte[]> bad, String problem) {
        long now = System.nanoTime();
        if (now - second >= TimeUnit.SECONDS.toNanos(1)) {
            second = now;
            lines = 0;
        }
        if (++lines > LINES_A_SECOND) {
            notLogged++;
            return;
        }
        if (notLogged > 0) {
            LOG.warn("{} more bad records were not logged; GET /api/bad-records has the latest {}", notLogged, KEPT);
            notLogged = 0;
        }
        LOG.warn("Bad record at {}: {}. key={} value={}", at(bad), problem, sample(bad.key()), sample(bad.value()));
    }

    /** Where a record is, such as {@code cdc.inventory.customers-0@42}. */
    static String at(ConsumerRecord<byte[], byte[]> one) {
        return one.topic() + "-" + one.partition() + "@" + one.offset();
    }

    /** The beginning of some bytes as text, control characters made visible; null for null. */
    static String sample(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        var text = new String(bytes, 0, Math.min(bytes.length, SAMPLE_BYTES), StandardCharsets.UTF_8);
        var shown = new StringBuilder(text.length());
        text.chars().forEach(c -> shown.append(Character.isISOControl(c) ? '.' : (char) c));
        return bytes.length > SAMPLE_BYTES ? shown + "... (" + bytes.length + " bytes)" : shown.toString();
    }

    synchronized long count() {
        return count;
    }

    /** The latest, the newest first. */
    synchronized List<Map<String, Object>> latest() {
        var newestFirst = new ArrayList<Map<String, Object>>();
        latest.descendingIterator().forEachRemaining(newestFirst::add);
        return newestFirst;
    }
}
