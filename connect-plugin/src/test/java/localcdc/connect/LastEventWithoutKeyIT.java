package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import localcdc.core.value.PgTypeReader;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastEventWithoutKeyIT {

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
    void leavesTheKeyOutOfTheLastEventAndNothingElse(boolean asked, boolean keyShown) throws Exception {
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
        try (var engine = RunningEngine.streaming(
                database, "public.t", types.text(), Map.of(LastEventWithoutKey.PROPERTY, Boolean.toString(asked)))) {
            // When
            database.execute(
                    "INSERT INTO t VALUES (1, 'a'), (2, 'b')", "UPDATE t SET v = 'c'", "DELETE FROM t WHERE id = 1");
            database.execute("INSERT INTO t VALUES (4711, 'last')");
            engine.awaitRow("4711");

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
                    .isNotNegative();
            assertThat((Map<?, ?>) beans.getAttribute(streaming, "SourceEventPosition"))
                    .isNotEmpty();
            assertThat(beans.getAttribute(streaming, "LastEvent").toString()).contains("position: {lsn: ");
            assertThat(beans.getAttribute(streaming, "LastEvent").toString().contains("4711"))
                    .isEqualTo(keyShown);
        }
    }
}
