package localcdc.embedded.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.Test;

/**
 * What the server of the tests sends is what the decoder expects. {@code -Dregenerate=true} writes its messages down, and
 * {@code -Dembedded-postgres-binaries.version=N} chooses the server.
 */
class RecordingIT {

    @Test
    void theServerSendsWhatTheDecoderReads() throws Exception {
        try (var database = TestPostgres.shared().createDatabase();
                var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'; SET client_encoding = 'UTF8'");
            for (String sql : Recording.STATEMENTS) {
                statement.execute(sql);
            }
            List<byte[]> messages = new ArrayList<>();
            try (var rows = statement.executeQuery(
                    "SELECT data FROM pg_logical_slot_get_binary_changes('" + Recording.SLOT
                            + "', NULL, NULL, 'proto_version', '1', 'publication_names', 'recording', 'messages', 'true')")) {
                while (rows.next()) {
                    messages.add(rows.getBytes(1));
                }
            }
            statement.execute("SELECT pg_drop_replication_slot('" + Recording.SLOT + "')");
            if (Boolean.getBoolean("regenerate")) {
                Recording.write(connection.getMetaData().getDatabaseMajorVersion(), messages);
            }

            assertThat(Recording.told(messages)).containsExactlyElementsOf(Recording.TOLD);
        }
    }
}
