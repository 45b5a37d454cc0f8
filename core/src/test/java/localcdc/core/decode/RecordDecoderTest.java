package localcdc.core.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import localcdc.core.decode.RecordDecoder.Kind;
import localcdc.core.event.Operation;
import localcdc.core.event.PrimaryKey;
import localcdc.core.event.Row;
import localcdc.core.event.TableId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordDecoderTest {

    private static final TableId CUSTOMERS = new TableId("inventory", "customers");
    private static final String KEY = "{\"id\":1001}";
    private static final String ROW = "{\"id\":1001,\"name\":\"Ärger \\\"x\\\"\",\"balance\":1.50,\"note\":null,"
            + "\"doc\":{\"a\":[1,{\"b\":[]},{}],\"c\":\"\\u00e9\"}}";

    private final RecordDecoder decoder = new RecordDecoder(CUSTOMERS, 3, Map.of());

    private static String own(String op, long lsn, String after) {
        return "{\"localcdc\":1,\"op\":\"" + op + "\",\"ts_us\":1700000000000900,\"source\":{\"schema\":\"inventory\","
                + "\"table\":\"customers\",\"lsn\":" + lsn + ",\"txId\":77,\"ts_us\":1700000000000000},"
                + "\"shape\":\"00112233aabbccdd\",\"key\":[\"int4\"]" + after + "}";
    }

    private static String ownRow(String op, long lsn) {
        return own(op, lsn, ",\"after\":" + ROW);
    }

    private Kind decode(String key, String value) {
        return decode(decoder, key, value, null);
    }

    private static Kind decode(RecordDecoder decoder, String key, String value, String header) {
        return decoder.decode(bytes(key), bytes(value), bytes(header));
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static String json(Row row) {
        var out = new ByteArrayOutputStream();
        try {
            row.writeJson(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void readsItsOwnFormatFirstAsJsonAndThenByScanning() {
        for (int round = 0; round < 3; round++) {
            assertThat(decode(KEY, ownRow("u", 500 + round))).isEqualTo(Kind.CHANGE);

            var event = decoder.event();
            assertThat(event.operation()).isEqualTo(Operation.UPDATE);
            assertThat(event.table()).isEqualTo(CUSTOMERS);
            assertThat(event.key()).isEqualTo(PrimaryKey.of(1001));
            assertThat(event.lsn()).isEqualTo(500 + round);
            assertThat(event.position().txId()).isEqualTo(77);
            assertThat(event.position().commitMicros()).isEqualTo(1700000000000000L);
            assertThat(event.position().partition()).isEqualTo(3);
            assertThat(decoder.capturedMicros()).isEqualTo(1700000000000900L);
            assertThat(json(event.row())).isEqualTo(ROW);
        }
    }

    @Test
    void givesOneShapeAndOnePositionToWhatBelongsTogether() {
        decode(KEY, ownRow("c", 1));
        var first = decoder.event();
        decode(KEY, ownRow("u", 2));

        assertThat(decoder.event().row().shape()).isSameAs(first.row().shape());
        assertThat(decoder.event().position()).isSameAs(first.position());
    }

    @Test
    void readsDeletionsAndWhatIsLeftOfThem() {
        for (int round = 0; round < 2; round++) {
            assertThat(decode(KEY, own("d", 7, ""))).isEqualTo(Kind.CHANGE);
            assertThat(decoder.event().operation()).isEqualTo(Operation.DELETE);
            assertThat(decoder.event().key()).isEqualTo(PrimaryKey.of(1001));

            var header = "{\"schema\":\"inventory\",\"table\":\"customers\",\"lsn\":7,\"key\":[\"int4\"]}";
            assertThat(decode(decoder, KEY, null, header)).isEqualTo(Kind.TOMBSTONE);
            assertThat(decoder.event().lsn()).isEqualTo(7);
            assertThat(decoder.event().key()).isEqualTo(PrimaryKey.of(1001));
            decode(KEY, ownRow("c", 8));
        }
    }

    @Test
    void readsAKeyChangeFromBothOfItsEnds() {
        assertThat(decode("{\"id\":1}", own("d", 9, ",\"newKey\":{\"id\":1001}")))
                .isEqualTo(Kind.MOVED_AWAY);
        assertThat(decode(KEY, own("c", 9, ",\"oldKey\":{\"id\":1},\"after\":" + ROW)))
                .isEqualTo(Kind.CHANGE);

        assertThat(decoder.event().previousKey()).isEqualTo(PrimaryKey.of(1));
    }

    @Test
    void tellsValuesThatWereReadAgainAndThoseThatAreNotKnown() {
        var value = own(
                "u",
                9,
                ",\"reread\":[\"b\"],\"columns\":[\"id\",\"a\",\"b\"],\"unavailable\":[\"a\"],\"after\":{\"id\":1001,\"b\":\"new\"}");
        decode(KEY, value);

        var event = decoder.event();
        assertThat(event.row().unavailable()).containsExactly("a", "b");
        assertThat(event.reread().unavailable()).containsExactly("a");
        assertThat(json(event.reread())).isEqualTo("{\"id\":1001,\"b\":\"new\"}");
        assertThat(event.row().shape().columns()).containsExactly("id", "a", "b");
    }

    @Test
    void keepsCompositeKeysApartByTheirTypes() {
        var key = "{\"a\":1.50,\"b\":\"X\"}";
        var value = "{\"localcdc\":1,\"op\":\"c\",\"ts_us\":2,\"source\":{\"schema\":\"s\",\"table\":\"t\",\"lsn\":3,"
                + "\"txId\":4,\"ts_us\":1},\"shape\":\"s1\",\"key\":[\"numeric\",\"citext\"],\"after\":{\"v\":1,\"a\":1.50,\"b\":\"X\"}}";
        decode(key, value);
        var first = decoder.event().key();
        decode(key, value);
        assertThat(decoder.event().key()).isEqualTo(first);
        decode(
                key.replace("1.50", "1.5").replace("X", "x"),
                value.replace("1.50", "1.5").replace("X", "x"));
        assertThat(decoder.event().key()).isEqualTo(first);
    }

    @Test
    void leavesColumnsOut() {
        var leaving = new RecordDecoder(CUSTOMERS, 0, Map.of(CUSTOMERS, List.of("note", "doc", "id")));
        for (int round = 0; round < 2; round++) {
            decode(leaving, KEY, ownRow("u", 5), null);
            assertThat(leaving.event().row().shape().columns()).containsExactly("id", "name", "balance");
        }
    }

    @Test
    void readsTruncatesAndMessages() {
        var source = "\"source\":{\"schema\":\"inventory\",\"table\":\"customers\",\"lsn\":90,\"txId\":1,\"ts_us\":5}";
        assertThat(decode(
                        "{\"truncate\":\"inventory.customers\"}",
                        "{\"localcdc\":1,\"op\":\"t\",\"ts_us\":6," + source + "}"))
                .isEqualTo(Kind.CHANGE);
        assertThat(decoder.event().operation()).isEqualTo(Operation.TRUNCATE);
        assertThat(decoder.event().lsn()).isEqualTo(90);

        assertThat(decode(
                        "{\"message\":\"localcdc\"}",
                        "{\"localcdc\":1,\"op\":\"m\",\"ts_us\":6,\"source\":{\"lsn\":91,\"txId\":2,\"ts_us\":5},"
                                + "\"prefix\":\"localcdc\",\"content\":\"marker-1\"}"))
                .isEqualTo(Kind.MESSAGE);
        assertThat(decoder.content()).isEqualTo("marker-1");
        assertThat(decoder.lsn()).isEqualTo(91);
        assertThat(decoder.commitMicros()).isEqualTo(5);
    }

    @Test
    void readsTheEndOfASnapshot() {
        assertThat(decode(
                        "{\"snapshot\":\"cdc\"}", "{\"localcdc\":1,\"op\":\"s\",\"ts_us\":6,\"source\":{\"lsn\":92}}"))
                .isEqualTo(Kind.SNAPSHOT_END);
        assertThat(decoder.lsn()).isEqualTo(92);
        assertThatExceptionOfType(MalformedRecordException.class)
                .isThrownBy(() ->
                        decode("{\"snapshot\":\"cdc\"}", "{\"localcdc\":1,\"op\":\"s\",\"ts_us\":6,\"source\":{}}"))
                .withMessageContaining("does not say where the snapshot stands");
    }

    /** The connector's barrier sends a message without a value where it cannot promise what a message promises. */
    @Test
    void passesOverAMessageThatWasWithdrawn() {
        var control = new RecordDecoder(null, 0, Map.of());
        assertThat(decode(control, "{\"message\":\"localcdc\"}", null, null)).isEqualTo(Kind.NOTHING);
    }

    @Test
    void passesOverAMessageThatIsNoText() {
        assertThat(decode(
                        "{\"message\":\"localcdc\"}",
                        "{\"localcdc\":1,\"op\":\"m\",\"ts_us\":6,\"source\":{\"lsn\":91,\"txId\":2,\"ts_us\":5},"
                                + "\"prefix\":\"localcdc\",\"contentBase64\":\"/wA=\"}"))
                .isEqualTo(Kind.NOTHING);
    }

    private static final String ENVELOPE =
            "{\"before\":null,\"after\":{\"id\":1001,\"name\":\"Ada\"},\"source\":{\"version\":"
                    + "\"3.6\",\"schema\":\"inventory\",\"table\":\"customers\",\"txId\":5,\"lsn\":1234,\"ts_ms\":1700000000001,"
                    + "\"snapshot\":\"false\"},\"op\":\"u\",\"ts_ms\":1700000000009,\"transaction\":null}";

    @Test
    void readsDebeziumsEnvelopeWithAndWithoutSchemas() {
        for (var value : List.of(ENVELOPE, "{\"schema\":{\"type\":\"struct\"},\"payload\":" + ENVELOPE + "}")) {
            for (var key : List.of(KEY, "{\"schema\":{},\"payload\":" + KEY + "}")) {
                assertThat(decode(key, value)).isEqualTo(Kind.CHANGE);
                var event = decoder.event();
                assertThat(event.operation()).isEqualTo(Operation.UPDATE);
                assertThat(json(event.row())).isEqualTo("{\"id\":1001,\"name\":\"Ada\"}");
                assertThat(event.lsn()).isEqualTo(1234);
                assertThat(event.position().commitMicros()).isEqualTo(1700000000001000L);
                assertThat(decoder.capturedMicros()).isEqualTo(1700000000009000L);
                assertThat(decoder.table().inferred()).isTrue();
            }
        }
    }

    @Test
    void readsFlattenedRowsWithAndWithoutWhatIsAdded() {
        assertThat(decode(KEY, "{\"id\":1001,\"name\":\"Ada\"}")).isEqualTo(Kind.CHANGE);
        assertThat(decoder.event().lsn()).isZero();
        assertThat(decode(KEY, "{\"id\":1001,\"name\":\"Ada\",\"__op\":\"c\",\"__lsn\":55,\"__deleted\":\"false\"}"))
                .isEqualTo(Kind.CHANGE);
        assertThat(decoder.event().operation()).isEqualTo(Operation.CREATE);
        assertThat(decoder.event().lsn()).isEqualTo(55);
        assertThat(json(decoder.event().row())).isEqualTo("{\"id\":1001,\"name\":\"Ada\"}");
        assertThat(decode(KEY, "{\"id\":1001,\"name\":null,\"__deleted\":\"true\"}"))
                .isEqualTo(Kind.CHANGE);
        assertThat(decoder.event().operation()).isEqualTo(Operation.DELETE);
        assertThat(decode(KEY, null)).isEqualTo(Kind.TOMBSTONE);
    }

    @Test
    void takesAJsonNullForATombstoneWhereRowsAreFlattened() {
        decode(KEY, "{\"id\":1001,\"name\":\"Ada\"}");
        var key = decoder.event().key();
        assertThat(decode(KEY, "null")).isEqualTo(Kind.TOMBSTONE);
        assertThat(decoder.event().operation()).isEqualTo(Operation.DELETE);
        assertThat(decoder.event().key()).isEqualTo(key);

        for (var row : List.of(ENVELOPE, ownRow("c", 8))) {
            var other = new RecordDecoder(null, 0, Map.of());
            decode(other, KEY, row, null);
            assertThatExceptionOfType(MalformedRecordException.class)
                    .isThrownBy(() -> decode(other, KEY, "null", null));
        }
    }

    @Test
    void knowsUnavailableValuesInAllTheirForms() {
        decode(
                KEY,
                "{\"op\":\"u\",\"after\":{\"id\":1001,\"a\":\"__debezium_unavailable_value\",\"b\":\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\","
                        + "\"c\":[\"__debezium_unavailable_value\"]},\"source\":{}}");
        assertThat(decoder.event().row().unavailable()).containsExactly("a", "b", "c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ts_ms\":1700000000001}",
                "{\"ts_ms\":1,\"ts_us\":1000,\"ts_ns\":1000000}",
                "{\"status\":\"END\",\"id\":\"5:6\",\"event_count\":2,\"data_collections\":[]}",
                "{\"id\":\"x\",\"aggregate_type\":\"Initial Snapshot\",\"type\":\"COMPLETED\"}"
            })
    void takesNoHeartbeatOrNotificationForARow(String value) {
        assertThat(decode("{\"serverName\":\"cdc\"}", value)).isEqualTo(Kind.NOTHING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "42",
                "\"text\"",
                "[1,2]",
                "{}",
                "{\"hello\":\"world\"}",
                "{\"op\":\"u\",\"after\":\"text\"}",
                "{\"op\":\"u\",\"after\":{\"name\":\"x\"}}",
                "{\"op\":\"x\",\"after\":{\"id\":1001}}",
                "{\"op\":5,\"after\":{\"id\":1001}}",
                "{\"op\":\"u\",\"after\":null}",
                "{\"op\":\"t\",\"after\":{\"id\":1001}}",
                "{\"op\":\"d\",\"after\":{\"id\":1001}}",
                "{\"op\":\"u\",\"after\":{\"id\":1001},\"source\":{\"lsn\":\"abc\"}}",
                "{\"op\":\"u\",\"after\":{\"id\":1001},\"source\":{\"lsn\":-5}}",
                "{\"op\":\"u\",\"after\":{\"id\":1001},\"source\":{\"lsn\":1.5}}",
                "{\"localcdc\":2,\"op\":\"u\"}",
                "{\"localcdc\":1,\"op\":\"u\"}",
                "{\"id\":1001,\"a\":01}",
                "{\"id\":1001,\"a\":tru}",
                "{\"id\":1001} {}"
            })
    void refusesWhatItCannotRead(String value) {
        assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> decode(KEY, value));
    }

    @Test
    void refusesABadKey() {
        for (var key : new String[] {null, "", "1001", "{}", "{\"id\":null}", "{\"id\":", "{\"other\":1}"}) {
            assertThatExceptionOfType(MalformedRecordException.class)
                    .as("key %s", key)
                    .isThrownBy(() -> decode(key, ENVELOPE));
            assertThatExceptionOfType(MalformedRecordException.class)
                    .as("key %s", key)
                    .isThrownBy(() -> decode(key, ownRow("u", 1)));
        }
        assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> decode(null, (String) null));
    }

    @Test
    void refusesAKeyThatIsNotTheRows() {
        decode(KEY, ownRow("u", 1));
        assertThatExceptionOfType(MalformedRecordException.class)
                .isThrownBy(() -> decode("{\"id\":1002}", ownRow("u", 2)))
                .withMessageContaining("1002");
    }

    @Test
    void takesNothingElseForARowOnceItHasSeenItsOwnFormat() {
        decode(KEY, ownRow("u", 1));
        for (var value : List.of("{\"id\":1001,\"name\":\"Eve\"}", ENVELOPE)) {
            assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> decode(KEY, value));
        }
        assertThat(decode("{\"serverName\":\"cdc\"}", "{\"ts_ms\":1}")).isEqualTo(Kind.NOTHING);
    }

    /** Whatever bytes come: the scanner and the reading of JSON agree, or the record is refused. */
    @Test
    void neverReadsADamagedRecordAsAnotherRow() {
        long seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        var scanning = new RecordDecoder(CUSTOMERS, 0, Map.of());
        decode(scanning, KEY, ownRow("u", 1), null);
        for (int i = 0; i < 60_000; i++) {
            var value = damaged(bytes(ownRow("u", 12345)), random);
            var key = random.nextInt(4) == 0 ? damaged(bytes(KEY), random) : bytes(KEY);
            // A decoder that has seen another table only reads everything as JSON.
            var reading = new RecordDecoder(CUSTOMERS, 0, Map.of());
            decode(reading, KEY, ownRow("u", 1).replace("customers", "others"), null);
            assertThat(read(scanning, key, value))
                    .as("seed %d, round %d: %s", seed, i, new String(value, StandardCharsets.UTF_8))
                    .isEqualTo(read(reading, key, value));
        }
    }

    private static String read(RecordDecoder decoder, byte[] key, byte[] value) {
        try {
            var kind = decoder.decode(key, value, null);
            return kind == Kind.CHANGE
                    ? decoder.event().operation() + " " + decoder.event().key() + " "
                            + json(decoder.event().row()) + " "
                            + decoder.event().lsn() + decoder.event().position()
                            + decoder.event().row().shape()
                    : kind.toString();
        } catch (MalformedRecordException e) {
            return "refused";
        }
    }

    private static byte[] damaged(byte[] whole, Random random) {
        var bytes = whole.clone();
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(5)) {
            case 0 -> bytes[at] = (byte) random.nextInt(256);
            case 1 -> bytes = java.util.Arrays.copyOf(bytes, at);
            case 2 -> bytes[at] = bytes[random.nextInt(bytes.length)];
            case 3 ->
                System.arraycopy(whole, random.nextInt(bytes.length - 5), bytes, random.nextInt(bytes.length - 5), 5);
            default -> {
                // Whole as it was.
            }
        }
        return bytes;
    }
}
