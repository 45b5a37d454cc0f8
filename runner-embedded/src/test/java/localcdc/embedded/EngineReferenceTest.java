package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import localcdc.common.cli.ReferencePage;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.core.event.TableId;
import localcdc.core.value.ColumnInfo;
import localcdc.core.value.PgType;
import localcdc.embedded.server.CapturedColumn;
import localcdc.embedded.server.CapturedTable;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.TableSignature;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/reference/engine.md} and {@link EngineSettings} equal. */
class EngineReferenceTest {

    private static final ReferencePage PAGE = ReferencePage.of("engine.md");

    @Test
    void thePageExplainsEveryPropertyThatIsSetAndNoOther() throws IOException {
        assertThat(PAGE.firstCells("## What the runner sets"))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(properties(Map.of()).stringPropertyNames());
    }

    @Test
    void thePageNamesEveryPropertyThatCannotBeSet() throws IOException {
        assertThat(PAGE.firstCells("## What `--debezium` may not set"))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(EngineSettings.OWNED);
    }

    @Test
    void whatTheUserPassesOnWins() {
        assertThat(properties(Map.of("max.batch.size", "10", "snapshot.fetch.size", "5")))
                .containsEntry("localcdc.max.batch.size", "10")
                .containsEntry("max.batch.size", "1")
                .containsEntry("snapshot.fetch.size", "5");
    }

    /** For one table that leaves a column out, in a database with a password: then every property is there. */
    private static Properties properties(Map<String, String> debezium) {
        var id = new TableId("inventory", "customers");
        var table = new CapturedTable(
                id,
                1,
                false,
                List.of(new CapturedColumn("id", 1, "integer", 23, false, true)),
                List.of(0),
                List.of("ssn"),
                0,
                0,
                new TableSignature(id, "r", "p", "d", "1", Map.of(), Map.of(), Map.of()));
        var type = PgType.scalar("int4").orElseThrow();
        var column = new ColumnInfo(1, "id", 23, 23, type, "integer", true, ColumnInfo.Generation.NONE, 1, false);
        var shape = CapturedShape.of(table, List.of(column));
        var postgres = new PgSettings("localhost", 5432, "postgres", "postgres", "hush-hush", SslMode.PREFER);
        var settings =
                new EmbeddedSettings(postgres, List.of(), List.of(), "cdc", null, null, Engine.DEBEZIUM, debezium);
        return EngineSettings.of(settings, "localcdc_slot", "localcdc_publication", List.of(shape));
    }
}
