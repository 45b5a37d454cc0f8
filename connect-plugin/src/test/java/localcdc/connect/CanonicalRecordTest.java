package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CanonicalRecordTest {

    private static final String SOURCE =
            "\"source\":{\"schema\":\"inventory\",\"table\":\"customers\",\"lsn\":25000000,\"txId\":771,\"ts_us\":1700000000000001}";
    private static final String SHAPE = "\"shape\":\"SHAPE\",\"key\":[\"int4\"]";

    private final CanonicalRecord transform = new CanonicalRecord();
    private final DebeziumRecords records = DebeziumRecords.of(DebeziumRecords.FULL_SOURCE);

    @BeforeEach
    void configure() {
        transform.configure(Map.of());
    }

    @Test
    void writesAnUpdatedRowWithItsValuesVerbatim() {
        // When
        var written = transform.apply(
                records.event("u", records.key("1001"), records.row("1001", "\"S\u00e4lly \ud83d\ude00\"", null)));

        // Then
        assertThat(written.topic()).isEqualTo("cdc.inventory.customers");
        assertThat(key(written)).isEqualTo("{\"id\":1001}");
        assertThat(valueWithoutShape(written))
                .isEqualTo(head("u") + SHAPE
                        + ",\"after\":{\"id\":1001,\"name\":\"S\u00e4lly \ud83d\ude00\",\"note\":null}}");
        assertThat(written.keySchema()).isEqualTo(Schema.BYTES_SCHEMA);
        assertThat(written.valueSchema()).isEqualTo(Schema.BYTES_SCHEMA);
    }

    @Test
    void writesTheSameFromABriefSource() {
        // Given
        var brief = DebeziumRecords.of(DebeziumRecords.BRIEF_SOURCE);

        // When
        var written = transform.apply(brief.event("r", brief.key("1"), brief.row("1", "\"a\"", "\"b\"")));

        // Then
        assertThat(valueWithoutShape(written))
                .isEqualTo(head("r") + SHAPE + ",\"after\":{\"id\":1,\"name\":\"a\",\"note\":\"b\"}}");
    }

    @Test
    void writesADeleteWithoutARowAndItsTombstoneWithAHeader() {
        // Given
        var delete = records.event("d", records.key("7"), null);

        // When
        var written = transform.apply(delete);
        var tombstone = transform.apply(records.tombstone(delete));

        // Then
        assertThat(key(written)).isEqualTo("{\"id\":7}");
        assertThat(valueWithoutShape(written)).isEqualTo(head("d") + SHAPE + "}");
        assertThat(key(tombstone)).isEqualTo("{\"id\":7}");
        assertThat(tombstone.value()).isNull();
        assertThat(tombstone.valueSchema()).isNull();
        assertThat(headers(tombstone))
                .containsExactly(
                        "localcdc={\"schema\":\"inventory\",\"table\":\"customers\",\"lsn\":25000000,\"key\":[\"int4\"]}");
    }

    @Test
    void writesBothKeysOfARowThatMoves() {
        // Given
        var delete = records.event("d", records.key("7"), null);
        delete.headers().add("__debezium.newkey", records.key("8"), records.key);
        var create = records.event("c", records.key("8"), records.row("8", "\"a\"", null));
        create.headers().add("__debezium.oldkey", records.key("7"), records.key);
        create.headers().addString("theirs", "x");

        // When
        var left = transform.apply(delete);
        var tombstone = transform.apply(records.tombstone(delete));
        var arrived = transform.apply(create);

        // Then
        assertThat(valueWithoutShape(left)).isEqualTo(head("d") + SHAPE + ",\"newKey\":{\"id\":8}}");
        assertThat(headers(left)).isEmpty();
        assertThat(headers(tombstone))
                .containsExactly("localcdc={\"schema\":\"inventory\",\"table\":\"customers\",\"lsn\":25000000,"
                        + "\"key\":[\"int4\"],\"newKey\":{\"id\":8}}");
        assertThat(valueWithoutShape(arrived))
                .isEqualTo(head("c") + SHAPE
                        + ",\"oldKey\":{\"id\":7},\"after\":{\"id\":8,\"name\":\"a\",\"note\":null}}");
        assertThat(headers(arrived)).containsExactly("theirs=x");
    }

    @Test
    void namesTheColumnsThatWereReadAgainAndThoseThatAreUnavailable() {
        // When
        var written = transform.apply(records.event(
                "u",
                records.key("1"),
                records.row("1", RereadUnchanged.marked("\"long\""), CanonicalConverter.UNAVAILABLE)));
        var again = transform.apply(records.event("u", records.key("1"), records.row("1", "\"a\"", "\"b\"")));

        // Then
        assertThat(valueWithoutShape(written))
                .isEqualTo(head("u") + SHAPE
                        + ",\"reread\":[\"name\"],\"unavailable\":[\"note\"],\"after\":{\"id\":1,\"name\":\"long\"}}");
        assertThat(valueWithoutShape(again))
                .isEqualTo(head("u") + SHAPE + ",\"after\":{\"id\":1,\"name\":\"a\",\"note\":\"b\"}}");
    }

    @Test
    void neverTakesAUsersTextForTheMark() {
        // When
        var written = transform.apply(records.event(
                "u", records.key("1"), records.row("1", "\"__debezium_unavailable_value\"", "\"\\u0001x\"")));

        // Then
        assertThat(valueWithoutShape(written))
                .endsWith("\"after\":{\"id\":1,\"name\":\"__debezium_unavailable_value\",\"note\":\"\\u0001x\"}}");
    }

    @Test
    void writesNullWhereTheEventHasNoPlaceInTheLog() {
        // Given
        var incremental = records.event("r", records.key("1"), records.row("1", null, null));
        ((Struct) incremental.value()).getStruct("source").put("lsn", null).put("txId", null);

        // When
        var written = transform.apply(incremental);

        // Then
        assertThat(value(written)).contains("\"lsn\":null,\"txId\":null,\"ts_us\":1700000000000001}");
    }

    @Test
    void givesEachLookOfATableItsOwnShape() {
        // Given
        var renamed = DebeziumRecords.withId(records.key, DebeziumRecords.column("int4"));
        var retyped = DebeziumRecords.withId(records.key, DebeziumRecords.column("int8"));

        // When
        var first = shape(transform.apply(records.event("u", records.key("1"), records.row("1", null, null))));
        var second =
                shape(transform.apply(renamed.event("u", records.key("1"), new Struct(renamed.row).put("id", "1"))));
        var third =
                shape(transform.apply(retyped.event("u", records.key("1"), new Struct(retyped.row).put("id", "1"))));
        var firstMadeAnew = shape(new DebeziumRecordsCopy().write());

        // Then
        assertThat(first).matches("[0-9a-f]{16}").isNotEqualTo(second).isEqualTo(firstMadeAnew);
        assertThat(second).isNotEqualTo(third);
    }

    /** The same table's records with schemas of their own, through a transform of their own. */
    private static final class DebeziumRecordsCopy {
        SourceRecord write() {
            var copy = DebeziumRecords.of(DebeziumRecords.FULL_SOURCE);
            var other = new CanonicalRecord();
            other.configure(Map.of());
            return other.apply(copy.event("c", copy.key("1"), copy.row("1", null, null)));
        }
    }

    @Test
    void sendsATruncateToTheControlTopicWithAKey() {
        // When
        var written = transform.apply(records.event("t", null, null));

        // Then
        assertThat(written.topic()).isEqualTo("cdc.control");
        assertThat(written.kafkaPartition()).isNull();
        assertThat(key(written)).isEqualTo("{\"truncate\":\"inventory.customers\"}");
        assertThat(value(written)).isEqualTo(head("t").replaceFirst(",$", "}"));
    }

    @Test
    void sendsAMessageToTheControlTopic() {
        // Given
        transform.configure(Map.of("control.topic", "elsewhere.control"));

        // When
        var written =
                transform.apply(records.message("localcdc", "mark \"1\"\n\u00e4".getBytes(StandardCharsets.UTF_8)));

        // Then
        assertThat(written.topic()).isEqualTo("elsewhere.control");
        assertThat(key(written)).isEqualTo("{\"message\":\"localcdc\"}");
        assertThat(value(written))
                .isEqualTo("{\"localcdc\":1,\"op\":\"m\",\"ts_us\":1700000000123000,"
                        + "\"source\":{\"lsn\":25000000,\"txId\":771,\"ts_us\":1700000000000001},"
                        + "\"prefix\":\"localcdc\",\"content\":\"mark \\\"1\\\"\\n\u00e4\"}");
    }

    @Test
    void writesAMessageThatIsNoTextAsBase64() {
        // When
        var written = transform.apply(records.message("raw", new byte[] {(byte) 0xff, 0, 1}));

        // Then
        assertThat(value(written)).endsWith(",\"prefix\":\"raw\",\"contentBase64\":\"/wAB\"}");
    }

    @Test
    void refusesAMessageWhoseContentIsEncodedInAnUnknownWay() {
        assertThatThrownBy(() -> transform.apply(records.message("raw", "ff00")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("binary.handling.mode=bytes");
    }

    @Test
    void sendsASnapshotsEndToTheControlTopic() {
        // Given
        var read = Map.of("lsn", 25000000L, "txId", 771L);
        var streamed = Map.of("lsn", 25000000L, "lsn_proc", 24000000L);

        // When
        var written = transform.apply(records.notification("Initial Snapshot", "COMPLETED", read));

        // Then
        assertThat(written.topic()).isEqualTo("cdc.control");
        assertThat(key(written)).isEqualTo("{\"snapshot\":\"cdc\"}");
        assertThat(value(written))
                .isEqualTo("{\"localcdc\":1,\"op\":\"s\",\"ts_us\":1700000000123000,\"source\":{\"lsn\":25000000}}");
        assertThat(transform.apply(records.notification("Initial Snapshot", "SKIPPED", read)))
                .as("interrupted just before it could say so")
                .isNotNull();
        for (var other : List.of(
                records.notification("Initial Snapshot", "SKIPPED", streamed),
                records.notification("Initial Snapshot", "SKIPPED", Map.of()),
                records.notification("Initial Snapshot", "ABORTED", read),
                records.notification("Incremental Snapshot", "COMPLETED", read))) {
            assertThat(transform.apply(other)).isNull();
        }
    }

    @Test
    void writesEverythingElseAsPlainJsonWhereItIs() {
        // Given
        var heartbeat = SchemaBuilder.struct()
                .field("ts_ms", Schema.INT64_SCHEMA)
                .field("n", SchemaBuilder.int32().optional().defaultValue(7).build())
                .build();
        var server =
                SchemaBuilder.struct().field("serverName", Schema.STRING_SCHEMA).build();

        // When
        var written = transform.apply(DebeziumRecords.record(
                "__debezium-heartbeat.cdc",
                new Struct(server).put("serverName", "cdc"),
                new Struct(heartbeat).put("ts_ms", 5L)));

        // Then
        assertThat(written.topic()).isEqualTo("__debezium-heartbeat.cdc");
        assertThat(key(written)).isEqualTo("{\"serverName\":\"cdc\"}");
        assertThat(value(written)).isEqualTo("{\"ts_ms\":5,\"n\":null}");
    }

    @Test
    void leavesATombstoneOfUnknownOriginWithoutAHeader() {
        // When
        var written = transform.apply(records.tombstone(records.event("d", records.key("7"), null)));

        // Then
        assertThat(written.value()).isNull();
        assertThat(headers(written)).isEmpty();
    }

    @Test
    void refusesColumnsThatTheConverterHasNotMade() {
        // Given
        var stock = DebeziumRecords.withId(records.key, Schema.INT32_SCHEMA);

        // Then
        assertThatThrownBy(
                        () -> transform.apply(stock.event("c", records.key("1"), new Struct(stock.row).put("id", 1))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("Column 'id' of cdc.inventory.customers.Value is of type INT32")
                .hasMessageContaining("canonical.type=localcdc.connect.CanonicalConverter");
    }

    @Test
    void refusesARowWithoutAKey() {
        assertThatThrownBy(() -> transform.apply(records.event("c", null, records.row("1", null, null))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("A row of inventory.customers came without a key");
    }

    @Test
    void refusesAControlTopicThatTheBarrierWouldNotKnow() {
        assertThatThrownBy(() -> transform.configure(Map.of("control.topic", "markers")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(".control");
    }

    @Test
    void goesOnWhenSomebodyMakesASchemaForEachRecord() {
        for (int i = 0; i < 3000; i++) {
            var made = DebeziumRecords.of(DebeziumRecords.FULL_SOURCE);
            var delete = made.event("d", made.key("1"), null);
            assertThat(valueWithoutShape(transform.apply(delete))).isEqualTo(head("d") + SHAPE + "}");
            assertThat(headers(transform.apply(made.tombstone(delete)))).hasSize(1);
        }
    }

    private static String head(String operation) {
        return "{\"localcdc\":1,\"op\":\"" + operation + "\",\"ts_us\":1700000000123456," + SOURCE + ",";
    }

    private static String key(SourceRecord written) {
        return new String((byte[]) written.key(), StandardCharsets.UTF_8);
    }

    private static String value(SourceRecord written) {
        return new String((byte[]) written.value(), StandardCharsets.UTF_8);
    }

    private static String shape(SourceRecord written) {
        var found = Pattern.compile("\"shape\":\"([^\"]*)\"").matcher(value(written));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private static String valueWithoutShape(SourceRecord written) {
        return value(written).replaceFirst("\"shape\":\"[0-9a-f]{16}\"", "\"shape\":\"SHAPE\"");
    }

    /** As Connect's own header converter writes them. */
    private static List<String> headers(SourceRecord written) {
        var converter = new SimpleHeaderConverter();
        return StreamSupport.stream(written.headers().spliterator(), false)
                .map(header -> header.key() + "=" + utf8(converter, header))
                .toList();
    }

    private static String utf8(SimpleHeaderConverter converter, Header header) {
        return new String(
                converter.fromConnectHeader("t", header.key(), header.schema(), header.value()),
                StandardCharsets.UTF_8);
    }
}
