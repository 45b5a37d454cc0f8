package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.connector.postgresql.BriefSourceInfoStructMaker;
import io.debezium.connector.postgresql.PostgresSourceInfoStructMaker;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import localcdc.core.value.PgTypeReader;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Debezium says of itself and of each change, with our shortcuts and without. */
class EngineShortcutsIT {

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestPostgres.shared().createDatabase();
        database.execute("CREATE TABLE t (id int PRIMARY KEY, v text)");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true"})
    void keepsItsMetricsAndTheChangesPlaceButNotTheKeyOfTheLastEvent(boolean asked, boolean keyShown) throws Exception {
        // Given
        long oid =
                Long.parseLong(database.query("SELECT 't'::regclass::oid::text").get(0));
        var types = new ColumnTypes.Builder();
        try (var connection = database.connect()) {
            new PgTypeReader(connection)
                    .columns(List.of(oid))
                    .get(oid)
                    .forEach(column -> types.add("public.t", column));
        }
        var settings = Map.of(
                LastEventWithoutKey.PROPERTY,
                Boolean.toString(asked),
                "sourceinfo.struct.maker",
                (asked ? BriefSourceInfoStructMaker.class : PostgresSourceInfoStructMaker.class).getName());
        try (var engine = RunningEngine.streaming(database, "public.t", types.text(), settings)) {
            // When
            database.execute(
                    "INSERT INTO t VALUES (1, 'a'), (2, 'b')", "UPDATE t SET v = 'c'", "DELETE FROM t WHERE id = 1");
            database.execute("INSERT INTO t VALUES (4711, 'last')");
            var source = ((Struct) last(engine.awaitRow("4711")).value()).getStruct("source");

            // Then
            var streaming = new ObjectName("debezium.postgres:type=connector-metrics,context=streaming,server=zoo");
            assertThat(beans.getAttribute(streaming, "TotalNumberOfEventsSeen")).isEqualTo(6L);
            assertThat(beans.getAttribute(streaming, "TotalNumberOfCreateEventsSeen"))
                    .isEqualTo(3L);
            assertThat(beans.getAttribute(streaming, "TotalNumberOfUpdateEventsSeen"))
                    .isEqualTo(2L);
            assertThat(beans.getAttribute(streaming, "TotalNumberOfDeleteEventsSeen"))
                    .isEqualTo(1L);
            assertThat((long) beans.getAttribute(streaming, "MilliSecondsBehindSource"))
                    .isBetween(0L, 60_000L);
            assertThat((Map<?, ?>) beans.getAttribute(streaming, "SourceEventPosition"))
                    .isNotEmpty();
            assertThat(beans.getAttribute(streaming, "LastEvent").toString()).contains("position: {lsn: ");
            assertThat(beans.getAttribute(streaming, "LastEvent").toString().contains("4711"))
                    .isEqualTo(keyShown);
            assertThat(source.getString("schema") + "." + source.getString("table"))
                    .isEqualTo("public.t");
            assertThat(source.getInt64("lsn")).isPositive();
            assertThat(source.getInt64("txId")).isPositive();
            assertThat(source.getInt64("ts_us") / 1000).isEqualTo(source.getInt64("ts_ms"));
        }
    }

    private static SourceRecord last(List<SourceRecord> records) {
        return records.get(records.size() - 1);
    }
}
