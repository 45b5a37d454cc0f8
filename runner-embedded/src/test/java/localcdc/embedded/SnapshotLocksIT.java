package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import localcdc.core.event.TableId;
import localcdc.embedded.server.CapturedTable;
import localcdc.embedded.server.TableSignature;
import localcdc.stack.TestPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The locks under which tables are read, beside somebody who wants stronger ones. */
@Timeout(120)
class SnapshotLocksIT {

    @Test
    void areNeverPartOfADeadlockWithATransactionThatTruncatesSeveralTables() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (id int PRIMARY KEY)");
            try (var user = database.connect();
                    var reader = RunningPath.settings(database).open("snapshot locks");
                    var statement = user.createStatement()) {
                // Given a user's transaction that has the second table and will want the first
                user.setAutoCommit(false);
                statement.execute("TRUNCATE b");

                // When
                reader.setAutoCommit(false);
                var locked = CompletableFuture.runAsync(() -> {
                    try {
                        SnapshotReader.lock(reader, List.of(table("a"), table("b")));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
                Awaitility.await("the reader tries").until(() -> !database.query(
                                "SELECT 1::text FROM pg_stat_activity"
                                        + " WHERE application_name = 'snapshot locks' AND query ~ '^(LOCK|ROLLBACK TO|SAVEPOINT)'")
                        .isEmpty());
                statement.execute("SET LOCAL lock_timeout = '20s'");
                statement.execute("TRUNCATE a");
                assertThat(locked).isNotDone();
                user.commit();

                // Then
                locked.get(60, TimeUnit.SECONDS);
                assertThat(database.query("SELECT relation::regclass::text FROM pg_locks WHERE mode = 'AccessShareLock'"
                                + " AND relation IN ('a'::regclass, 'b'::regclass) ORDER BY 1"))
                        .containsExactly("a", "b");
            }
        }
    }

    private static CapturedTable table(String name) {
        var id = new TableId("public", name);
        return new CapturedTable(
                id,
                1,
                false,
                List.of(),
                List.of(),
                List.of(),
                0,
                0,
                new TableSignature(id, "r", "p", "d", "1", Map.of(), Map.of(), Map.of()));
    }
}
