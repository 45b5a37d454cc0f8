package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import localcdc.embedded.server.Engine;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.Test;

/** Debezium's own way with a slot that is not there. */
class MissingSlotIT {

    /** The engine makes a missing slot anew without a word, and what was written in between is not in it. */
    @Test
    void fillsTheMapAnewWhenItsSlotIsDroppedJustBeforeTheEngineOpensIt() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute(
                    "CREATE TABLE t (id int PRIMARY KEY, v int)",
                    "INSERT INTO t SELECT g, 0 FROM generate_series(1, 500) g");
            var plain = RunningPath.of(Engine.DEBEZIUM, RunningPath.settings(database));
            var engine = BeforeStreaming.once(() -> database.execute(
                    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                            + " WHERE database = current_database()",
                    "DELETE FROM t WHERE id < 100",
                    "UPDATE t SET v = 7 WHERE id = 100"));
            var settings = new EmbeddedSettings(
                    plain.postgres(),
                    plain.tables(),
                    plain.leaveOut(),
                    plain.topicPrefix(),
                    plain.slot(),
                    plain.publication(),
                    plain.engine(),
                    engine);
            try (var path = RunningPath.start(settings)) {
                assertThat(BeforeStreaming.isDone()).isTrue();
                assertThat(path.detail("rebuilds")).isEqualTo(1L);
                path.assertEqualsPostgres("public.t");
            }
        }
    }
}
