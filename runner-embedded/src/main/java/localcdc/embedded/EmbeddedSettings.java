package localcdc.embedded;

import java.util.List;
import java.util.Map;
import localcdc.common.cli.LeftOut;
import localcdc.common.pg.PgSettings;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.TablePattern;

/**
 * What the embedded path was asked to do.
 *
 * @param postgres where Postgres is and who we are there
 * @param tables which tables; empty for every permanent table with a primary key
 * @param leaveOut tables and columns to skip
 * @param topicPrefix Debezium's logical name of this source
 * @param slot the slot's name, or null for a name of its own
 * @param publication an existing publication to use as it is, or null to make one
 * @param engine what streams the changes
 * @param debezium further properties of the Debezium engine, which win over ours
 */
public record EmbeddedSettings(
        PgSettings postgres,
        List<TablePattern> tables,
        List<LeftOut> leaveOut,
        String topicPrefix,
        String slot,
        String publication,
        Engine engine,
        Map<String, String> debezium) {

    public EmbeddedSettings {
        tables = List.copyOf(tables);
        leaveOut = List.copyOf(leaveOut);
        debezium = Map.copyOf(debezium);
    }
}
