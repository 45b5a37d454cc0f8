package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import localcdc.embedded.server.Engine;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Definitions that change in mid-stream, also where existing rows change without an event. */
@ParameterizedClass
@EnumSource(Engine.class)
class SchemaChangeIT {

    @Parameter
    private Engine engine;

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestPostgres.shared().createDatabase();
        database.execute("""
                CREATE TYPE mood AS ENUM ('sad', 'happy');
                CREATE TABLE t (id int PRIMARY KEY, a int, b text, m mood);
                INSERT INTO t SELECT g, g, 'b' || g, 'sad' FROM generate_series(1, 100) g""");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE t ADD COLUMN c numeric DEFAULT 1.50",
                "ALTER TABLE t DROP COLUMN b",
                "ALTER TABLE t RENAME COLUMN b TO bb",
                "ALTER TABLE t ALTER COLUMN a TYPE text USING 'x' || a",
                "ALTER TABLE t ALTER COLUMN a TYPE int USING a * 2",
                "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
                "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (b)",
                "DROP TABLE t; CREATE TABLE t (id bigint PRIMARY KEY, other text); INSERT INTO t VALUES (1, 'new')"
            })
    void readsTheTableAgainWithoutAnyFurtherEvent(String statement) throws Exception {
        try (var path = RunningPath.start(engine, database)) {
            database.execute(statement);

            await().atMost(RunningPath.PATIENCE)
                    .until(() -> path.detail("rebuilds").equals(1L));
            path.catchUp();

            path.assertEqualsPostgres("public.t");
            assertThat(path.pipeline().sourceStatus().schemaChanged()).isEmpty();
        }
    }

    @Test
    void followsChangesBeforeAndAfterTheNewDefinition() throws Exception {
        try (var path = RunningPath.start(engine, database)) {
            database.execute(
                    "UPDATE t SET a = a + 1 WHERE id < 50",
                    "ALTER TABLE t ADD COLUMN c int DEFAULT 5",
                    "UPDATE t SET c = 6 WHERE id < 10",
                    "ALTER TABLE t RENAME COLUMN b TO bb",
                    "INSERT INTO t VALUES (1000, 1, 'x', 'happy', 3)",
                    "ALTER TABLE t DROP COLUMN a");

            await().atMost(RunningPath.PATIENCE)
                    .until(() -> path.rows("public.t")
                                    .getOrDefault("{\"id\":1000}", "")
                                    .contains("\"bb\":\"x\"")
                            && !path.rows("public.t").get("{\"id\":1}").contains("\"a\":"));
            path.catchUp();

            path.assertEqualsPostgres("public.t");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE INDEX ON t (a)",
                "ALTER TABLE t ALTER COLUMN a SET DEFAULT 9",
                "TRUNCATE t",
                "VACUUM FULL t",
                "ANALYZE t"
            })
    void doesNotReadAgainForWhatChangesNoRow(String statement) throws Exception {
        try (var path = RunningPath.start(engine, database)) {
            database.execute(statement);
            // Two looks at the catalog later, at least: the position only moves after such a look.
            for (int i = 0; i < 2; i++) {
                database.execute("INSERT INTO t VALUES (" + (1000 + i) + ", 1, 'x', 'sad')");
                var seen = path.pipeline().position();
                await().atMost(RunningPath.PATIENCE).until(() -> path.pipeline().position() != seen);
            }
            path.catchUp();

            path.assertEqualsPostgres("public.t");
            assertThat(path.detail("rebuilds")).isEqualTo(0L);
        }
    }

    @Test
    void takesATableAgainThatHadLostItsKeyForAWhile() throws Exception {
        database.execute("CREATE TABLE u (id int PRIMARY KEY)");
        try (var path = RunningPath.start(engine, database)) {
            database.execute("ALTER TABLE t DROP CONSTRAINT t_pkey");
            await().atMost(RunningPath.PATIENCE)
                    .until(() -> path.pipeline().reader().tables().size() == 1);
            assertThat(path.runner().tablesGone()).hasToString("[public.t]");

            database.execute("UPDATE t SET a = a + 1", "ALTER TABLE t ADD PRIMARY KEY (id)");

            await().atMost(RunningPath.PATIENCE)
                    .until(() -> path.pipeline().reader().tables().size() == 2);
            path.catchUp().assertEqualsPostgres("public.t", "public.u");
            assertThat(path.runner().tablesGone()).isEmpty();
        }
    }

    @Test
    void waitsWhileEveryTableIsBeingMadeAnew() throws Exception {
        try (var path = RunningPath.start(engine, database)) {
            database.execute("DROP TABLE t", "CREATE TABLE t (id int, v text)", "INSERT INTO t VALUES (1, 'a')");
            await().atMost(RunningPath.PATIENCE)
                    .until(() -> !path.runner().tablesGone().isEmpty());

            database.execute("ALTER TABLE t ADD PRIMARY KEY (id)");

            await().atMost(RunningPath.PATIENCE)
                    .until(() -> path.runner().tablesGone().isEmpty());
            path.catchUp().assertEqualsPostgres("public.t");
        }
    }

    @Test
    void goesOnWhenATableThatIsNotItsOwnIsMadeOrDropped() throws Exception {
        database.execute("CREATE TABLE left_out (id int PRIMARY KEY)");
        var settings =
                RunningPath.leavingOut(RunningPath.of(engine, RunningPath.settings(database)), "public.left_out");
        try (var path = RunningPath.start(settings)) {
            database.execute(
                    "DROP TABLE left_out",
                    "CREATE TABLE later (id int PRIMARY KEY, at timetz)",
                    "ALTER TABLE t ADD COLUMN z int DEFAULT 1");

            await().atMost(RunningPath.PATIENCE)
                    .until(() -> path.detail("rebuilds").equals(1L));
            path.catchUp().assertEqualsPostgres("public.t");
        }
    }

    @Test
    void noticesThatAPartitionAloneWasTruncated() throws Exception {
        database.execute("""
                CREATE TABLE p (id int, r text, PRIMARY KEY (id, r)) PARTITION BY LIST (r);
                CREATE TABLE p_a PARTITION OF p FOR VALUES IN ('a');
                CREATE TABLE p_b PARTITION OF p FOR VALUES IN ('b');
                INSERT INTO p VALUES (1, 'a'), (2, 'b')""");
        try (var path = RunningPath.start(engine, database)) {
            database.execute("TRUNCATE p_a");

            await().atMost(RunningPath.PATIENCE)
                    .until(() -> path.detail("rebuilds").equals(1L));
            path.catchUp().assertEqualsPostgres("public.p");
        }
    }
}
