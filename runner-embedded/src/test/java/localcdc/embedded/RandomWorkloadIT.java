package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.Test;

/**
 * Random transactions on several tables, with rollbacks, savepoints, key changes, truncates, large values, definitions
 * that change and connections that are cut. Afterwards the map equals Postgres. {@code -Dseed=N} repeats one workload,
 * {@code -Dworkloads=N} runs more of them.
 */
class RandomWorkloadIT {

    private static final int STATEMENTS = 400;

    @Test
    void endsInAMapThatEqualsPostgres() {
        long first = Long.getLong("seed", System.nanoTime() % 1_000_000);
        int workloads = Integer.getInteger("workloads", 3);
        for (long seed = first; seed < first + workloads; seed++) {
            long current = seed;
            assertThatCode(() -> run(current)).as("-Dseed=%d", seed).doesNotThrowAnyException();
        }
    }

    private static void run(long seed) throws Exception {
        System.err.println("random workload: -Dseed=" + seed);
        var random = new Random(seed);
        try (var database = TestPostgres.shared().createDatabase()) {
            database.execute("""
                    CREATE TABLE a (id int PRIMARY KEY, n numeric, v text, at timestamptz DEFAULT now());
                    CREATE TABLE b (k1 text, k2 numeric, big text, doc jsonb, PRIMARY KEY (k1, k2));
                    ALTER TABLE b ALTER big SET STORAGE EXTERNAL;
                    CREATE TABLE c (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), list int[], f double precision);
                    INSERT INTO a (id, n, v) SELECT g, g * 1.5, 'v' || g FROM generate_series(1, 300) g;
                    INSERT INTO b SELECT 'k' || g % 7, g, repeat('x', g * 40), '{"a": 1.50}' FROM generate_series(1, 100) g""");
            try (var path = RunningPath.begin(RunningPath.of(RunningPath.settings(database)))) {
                write(database, random);
                path.awaitReady().catchUp();
                settle(path);

                path.assertEqualsPostgres("public.a", "public.b", "public.c");
            }
        }
    }

    /** A definition that changed last may be noticed just after everything was applied: look twice. */
    private static void settle(RunningPath path) {
        for (int i = 0; i < 3; i++) {
            long seen = path.pipeline().position();
            org.awaitility.Awaitility.await()
                    .atMost(RunningPath.PATIENCE)
                    .until(() -> path.catchUp().pipeline().position() != seen);
        }
    }

    private static void write(TestDatabase database, Random random) throws SQLException {
        try (var connection = database.connect()) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                for (int i = 0; i < STATEMENTS; i++) {
                    if (random.nextInt(100) == 0) {
                        statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                + " WHERE datname = current_database() AND backend_type = 'walsender'");
                    }
                    step(statement, random, i);
                    if (random.nextInt(4) == 0) {
                        if (random.nextInt(5) == 0) {
                            connection.rollback();
                        } else {
                            connection.commit();
                        }
                    }
                }
                connection.commit();
            }
        }
    }

    private static void step(Statement statement, Random random, int i) throws SQLException {
        statement.execute("SAVEPOINT step");
        try {
            statement.execute(sql(random, i));
            if (random.nextInt(10) == 0) {
                statement.execute("ROLLBACK TO step");
            }
        } catch (SQLException e) {
            // A key that is taken, a column that is gone: as in life, the statement had no effect.
            statement.execute("ROLLBACK TO step");
        }
    }

    private static String sql(Random random, int i) {
        int id = random.nextInt(400);
        return switch (random.nextInt(20)) {
            case 0, 1, 2 -> "INSERT INTO a (id, n, v) VALUES (" + id + ", " + id + ".50, NULL)";
            case 3, 4 -> "UPDATE a SET n = n + 0.5, v = 'u" + i + "' WHERE id % 13 = " + id % 13;
            case 5 -> "UPDATE a SET id = id + 1000 WHERE id = " + id;
            case 6, 7 -> "DELETE FROM a WHERE id = " + id;
            case 8, 9 ->
                "INSERT INTO b VALUES ('k" + id % 9 + "', " + id + ".0, repeat('y', " + id * 30 + "), '[1e400]')";
            case 10 -> "UPDATE b SET doc = '{\"i\": " + i + "}' WHERE k2 > " + id;
            case 11 -> "UPDATE b SET k1 = k1 || 'x' WHERE k2 = " + id;
            case 12 -> "DELETE FROM b WHERE k2 BETWEEN " + id + " AND " + (id + 5);
            case 13, 14 -> "INSERT INTO c (list, f) SELECT ARRAY[g, NULL], g / 3.0 FROM generate_series(1, 5) g";
            case 15 -> "UPDATE c SET f = 'NaN', list = '{{1,2},{3,4}}' WHERE f < " + id / 300.0;
            case 16 ->
                random.nextInt(6) == 0
                        ? "TRUNCATE " + (random.nextBoolean() ? "a, c" : "b")
                        : "DELETE FROM c WHERE f > 1";
            case 17 -> random.nextInt(4) == 0 ? definition(random, i) : "UPDATE a SET at = now() WHERE id < " + id / 4;
            case 18 -> "INSERT INTO a (id, n) VALUES (" + id + ", 1) ON CONFLICT (id) DO UPDATE SET n = a.n * 2";
            default -> "UPDATE b SET big = big || 'z' WHERE k2 = " + id;
        };
    }

    private static String definition(Random random, int i) {
        return switch (random.nextInt(4)) {
            case 0 -> "ALTER TABLE a ADD COLUMN c" + i + " int DEFAULT " + i;
            case 1 -> "ALTER TABLE c DROP COLUMN list";
            case 2 -> "ALTER TABLE b RENAME COLUMN big TO big" + i;
            default -> "ALTER TABLE a ALTER COLUMN n TYPE numeric USING n + 1";
        };
    }
}
