package localcdc.connect;

import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Debezium's notifications, of which one is of use to a reader: that a snapshot of all tables has been read to its end. Rows
 * that an earlier, interrupted one had read and this one has not are then known to be gone.
 *
 * <p>A connector that was interrupted between its snapshot's last row and this notification says at its next start that it
 * skips the snapshot. As long as it has streamed nothing, its position is still the snapshot's, so that counts as well.
 *
 * @see <a href="https://debezium.io/documentation/reference/stable/configuration/notification.html">Debezium notifications</a>
 */
final class SnapshotEnds {

    private static final String NOTIFICATION = "io.debezium.connector.common.Notification";
    private static final String INITIAL_SNAPSHOT = "Initial Snapshot";
    private static final String LSN = "lsn";
    /** Members of a position that only streaming adds. */
    private static final String LSN_COMMIT = "lsn_commit";

    private static final String LSN_PROCESSED = "lsn_proc";

    private static final byte[] KEY = JsonSink.ascii("{\"snapshot\":");
    private static final byte[] HEAD = JsonSink.ascii("{\"localcdc\":1,\"op\":\"s\",\"ts_us\":");
    private static final byte[] SOURCE = JsonSink.ascii(",\"source\":{\"lsn\":");
    private static final byte[] END = JsonSink.ascii("}}");
    private static final long MICROS = 1000;

    private SnapshotEnds() {}

    static boolean isNotification(Schema value) {
        return NOTIFICATION.equals(value.name());
    }

    /** Where the snapshot stands in the log whose end the notification tells of; null where it tells of something else. */
    static Long lsn(SourceRecord received, Struct notification) {
        var type = notification.getString("type");
        boolean isEnd = INITIAL_SNAPSHOT.equals(notification.getString("aggregate_type"))
                && ("COMPLETED".equals(type) || "SKIPPED".equals(type));
        Map<String, ?> position = received.sourceOffset();
        return isEnd
                        && position != null
                        && position.get(LSN) instanceof Long lsn
                        && position.get(LSN_COMMIT) == null
                        && position.get(LSN_PROCESSED) == null
                ? lsn
                : null;
    }

    /** @param prefix the connector's topic prefix */
    static void writeKey(String prefix, JsonSink out) {
        out.put(KEY).put(JsonSink.quoted(prefix)).put('}');
    }

    static void write(long lsn, Struct notification, JsonSink out) {
        out.put(HEAD).putNumber(notification.getInt64("timestamp") * MICROS);
        out.put(SOURCE).putNumber(lsn).put(END);
    }
}
