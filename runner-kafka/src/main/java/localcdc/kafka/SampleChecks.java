package localcdc.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import localcdc.common.doctor.Finding;
import localcdc.core.decode.MalformedRecordException;
import localcdc.core.decode.RecordDecoder;
import localcdc.core.decode.RecordDecoder.Seen;
import localcdc.core.event.TableId;
import localcdc.core.value.PgType;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a few records of a topic show: whose format it is, which tables, which keys; and how old a heartbeat is. Stateless. */
final class SampleChecks {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double OLD_SECONDS = 30;

    private SampleChecks() {}

    /**
     * Reads a topic's records as a run would.
     *
     * @param named the table that the topic is named after
     */
    static Finding rows(String topic, TableId named, Glance.Seen sample) {
        var reading = new Reading(named);
        sample.records().forEach(reading::read);
        if (sample.records().isEmpty()) {
            return sample.inAll() == 0
                    ? Finding.ok("sample record", topic + " holds no record: a table without rows.")
                    : Finding.warning(
                            "sample record",
                            "No record of " + topic + " came in time, though it holds some.",
                            "Try again with a longer --timeout; look at the broker's log.");
        }
        if (reading.bad > 0) {
            return Finding.warning(
                    "sample record",
                    reading.bad + " of the last " + sample.records().size() + " records of " + topic
                            + " cannot be read, such as " + reading.firstBad + ".",
                    "Is it a topic of Debezium's? A run counts and skips such records and keeps the latest for"
                            + " /api/bad-records; with --on-bad-record stop it ends.");
        }
        var found = topic + ": " + reading.tables();
        if (reading.foreign.isEmpty()) {
            return Finding.ok("sample record", found);
        }
        return Finding.warning(
                "sample record",
                found + " " + lost(reading.foreign),
                "Configure the connector as k8s/base/connector.json does, and give it another topic.prefix so that the"
                        + " topics begin anew.");
    }

    /** One look at records in their order. */
    private static final class Reading {
        private final TableId named;
        private final Map<Integer, RecordDecoder> decoders = new HashMap<>();
        private final Map<TableId, Seen> tables = new TreeMap<>();
        private final Map<TableId, String> foreign = new TreeMap<>();
        private int bad;
        private String firstBad;

        Reading(TableId named) {
            this.named = named;
        }

        void read(ConsumerRecord<byte[], byte[]> one) {
            var decoder = decoders.computeIfAbsent(
                    one.partition(), partition -> new RecordDecoder(named, partition, Map.of()));
            try {
                decoder.decode(one.key(), one.value(), Applier.header(one));
            } catch (MalformedRecordException e) {
                if (bad++ == 0) {
                    firstBad = BadRecords.at(one) + ": " + e.getMessage();
                }
                return;
            }
            var seen = decoder.table();
            if (seen != null) {
                var table = seen.shape().table();
                tables.put(table, seen);
                if (seen.inferred()) {
                    foreign.put(table, format(one.value()));
                }
            }
        }

        String tables() {
            return tables.isEmpty()
                    ? "its last records hold no row, only deletions."
                    : tables.values().stream().map(this::table).collect(Collectors.joining(" "));
        }

        private String table(Seen seen) {
            var shape = seen.shape();
            var key = new StringBuilder();
            for (int i = 0; i < shape.keySize(); i++) {
                key.append(i == 0 ? "" : ", ")
                        .append(shape.columns().get(shape.keyColumn(i)))
                        .append(' ')
                        .append(type(seen.keys().types(), i));
            }
            var format = foreign.getOrDefault(shape.table(), "the format of this project");
            return "table " + shape.table() + ", " + shape.columnCount() + " columns, key (" + key + ")"
                    + (seen.inferred() ? ", its types guessed from the values" : "") + ", in " + format + ".";
        }

        private static String type(List<PgType> types, int i) {
            return i < types.size() ? types.get(i).toString() : "?";
        }
    }

    private static final String WITH_SCHEMAS = "Debezium's envelope with schemas";
    private static final String ENVELOPE = "Debezium's envelope without schemas";
    private static final String FLAT = "rows flattened by ExtractNewRecordState";
    private static final String FLAT_WITHOUT_LSN = FLAT + ", without their place in the log";

    private static String format(byte[] value) {
        try {
            JsonNode tree = JSON.readTree(value);
            boolean wrapped = tree.has("schema") && tree.has("payload");
            var inner = wrapped ? tree.get("payload") : tree;
            if (inner.has("op") && inner.has("source")) {
                return wrapped ? WITH_SCHEMAS : ENVELOPE;
            }
            return inner.has("__lsn") || inner.has("__source_lsn") ? FLAT : FLAT_WITHOUT_LSN;
        } catch (IOException e) {
            throw new IllegalStateException("a record that was decoded is JSON", e);
        }
    }

    /** What is not in the records any more. */
    private static String lost(Map<TableId, String> foreign) {
        var lost = new StringBuilder(
                "What such records have lost stays lost: dates, times, numerics, bytea and other types"
                        + " come as the connector wrote them, not as Postgres prints them; a NULL in a column with a default may"
                        + " come as the default; an unchanged large value comes as a placeholder. verify finds these as"
                        + " differences.");
        if (foreign.containsValue(FLAT_WITHOUT_LSN)) {
            lost.append(" Without __lsn a record that is sent again replaces a newer row for a moment"
                    + " (add.fields=op,lsn,source.ts_us).");
        }
        return lost.toString();
    }

    /**
     * The age of the latest message.
     *
     * @param nowMillis what this machine's clock says
     */
    static Finding heartbeat(String topic, Glance.Seen sample, long nowMillis) {
        long latest = 0;
        var decoder = new RecordDecoder(null, 0, Map.of());
        int bad = 0;
        for (var one : sample.records()) {
            try {
                if (decoder.decode(one.key(), one.value(), Applier.header(one)) == RecordDecoder.Kind.MESSAGE) {
                    latest = Math.max(
                            latest, decoder.commitMicros() > 0 ? decoder.commitMicros() : one.timestamp() * 1000);
                }
            } catch (MalformedRecordException e) {
                bad++;
            }
        }
        if (latest == 0) {
            return Finding.warning(
                    "heartbeat",
                    "The last " + sample.records().size() + " records of " + topic + " hold no message"
                            + (bad > 0 ? ", and " + bad + " cannot be read" : "")
                            + ": nothing tells whether the connector still reads.",
                    "Set heartbeat.interval.ms=1000 and heartbeat.action.query in the connector's configuration as"
                            + " k8s/base/connector.json does.");
        }
        double age = (nowMillis * 1000 - latest) / 1e6;
        var found = "The last message in " + topic + " was committed " + Math.round(age * 10) / 10.0 + " s ago.";
        if (age < -1) {
            return Finding.warning(
                    "heartbeat",
                    found + " The database's clock is ahead of this machine's.",
                    "Set both by NTP: ages and latencies are wrong by the difference.");
        }
        return age <= OLD_SECONDS
                ? Finding.ok("heartbeat", found)
                : Finding.warning(
                        "heartbeat",
                        found + " One is due every second: the connector does not read, or Postgres is away.",
                        "Look at connector and task (--connect-url http://HOST:8083 shows them here) and at the Connect"
                                + " worker's log; see whether the slot is active: SELECT * FROM pg_replication_slots.");
    }
}
