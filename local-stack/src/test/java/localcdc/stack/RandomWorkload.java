package localcdc.stack;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;

/**
 * Random transactions on three tables: inserts, updates, deletes, key changes, truncates, large values, rollbacks,
 * savepoints, definitions that change. The same seed gives the same statements. For one thread.
 */
public final class RandomWorkload {
    private final Random random;
    private final String suffix;
    private final boolean rewrites;
    private int number;

    /**
     * @param suffix behind the tables' names {@code a}, {@code b} and {@code c}
     * @param rewrites whether every row is written anew behind a changed definition, for readers that see nothing else of it
     */
    public RandomWorkload(long seed, String suffix, boolean rewrites) {
        this.random = new Random(seed);
        this.suffix = suffix;
        this.rewrites = rewrites;
    }

    /** The tables, as {@code schema.table}. */
    public List<String> tables() {
        return List.of("public.a" + suffix, "public.b" + suffix, "public.c" + suffix);
    }

    /** Makes the tables, with some rows. */
    public void create(TestDatabase database) {
        database.execute(script());
    }

    /** What {@link #create} runs. */
    public String script() {
        return named("""
                CREATE TABLE a# (id int PRIMARY KEY, n numeric, v text, at timestamptz DEFAULT now());
                CREATE TABLE b# (k1 text, k2 numeric, big text, doc jsonb, PRIMARY KEY (k1, k2));
                ALTER TABLE b# ALTER big SET STORAGE EXTERNAL;
                CREATE TABLE c# (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), list int[], f double precision);
                INSERT INTO a# (id, n, v) SELECT g, g * 1.5, 'v' || g FROM generate_series(1, 300) g;
                INSERT INTO b# SELECT 'k' || g % 7, g, repeat('x', g * 40), '{"a": 1.50}' FROM generate_series(1, 100) g""");
    }

    private String named(String sql) {
        return sql.replace("#", suffix);
    }

    /** Something between two statements, such as a fault. */
    @FunctionalInterface
    public interface Between {
        /** Called on the writer's thread, which may be within a transaction. */
        void step(Random random, Statement statement) throws SQLException;
    }

    /** Runs so many statements in transactions over one connection, and commits. */
    public void run(Connection connection, int statements, Between between) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (int i = 0; i < statements; i++) {
                between.step(random, statement);
                step(statement);
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

    private void step(Statement statement) throws SQLException {
        statement.execute("SAVEPOINT step");
        try {
            statement.execute(named(sql(number++)));
            if (random.nextInt(10) == 0) {
                statement.execute("ROLLBACK TO step");
            }
        } catch (SQLException e) {
            // A key that is taken, a column that is gone: as in life, the statement had no effect.
            statement.execute("ROLLBACK TO step");
        }
    }

    private String sql(int i) {
        int id = random.nextInt(400);
        return switch (random.nextInt(20)) {
            case 0, 1, 2 -> "INSERT INTO a# (id, n, v) VALUES (" + id + ", " + id + ".50, NULL)";
            case 3, 4 -> "UPDATE a# SET n = n + 0.5, v = 'u" + i + "' WHERE id % 13 = " + id % 13;
            case 5 -> "UPDATE a# SET id = id + 1000 WHERE id = " + id;
            case 6, 7 -> "DELETE FROM a# WHERE id = " + id;
            case 8, 9 ->
                "INSERT INTO b# VALUES ('k" + id % 9 + "', " + id + ".0, repeat('y', " + id * 30 + "), '[1e400]')";
            case 10 -> "UPDATE b# SET doc = '{\"i\": " + i + "}' WHERE k2 > " + id;
            case 11 -> "UPDATE b# SET k1 = k1 || 'x' WHERE k2 = " + id;
            case 12 -> "DELETE FROM b# WHERE k2 BETWEEN " + id + " AND " + (id + 5);
            case 13, 14 -> "INSERT INTO c# (list, f) SELECT ARRAY[g, NULL], g / 3.0 FROM generate_series(1, 5) g";
            case 15 -> "UPDATE c# SET f = 'NaN', list = '{{1,2},{3,4}}' WHERE f < " + id / 300.0;
            case 16 ->
                random.nextInt(6) == 0
                        ? "TRUNCATE " + (random.nextBoolean() ? "a#, c#" : "b#")
                        : "DELETE FROM c# WHERE f > 1";
            case 17 -> random.nextInt(4) == 0 ? definition(i) : "UPDATE a# SET at = now() WHERE id < " + id / 4;
            case 18 -> "INSERT INTO a# (id, n) VALUES (" + id + ", 1) ON CONFLICT (id) DO UPDATE SET n = a#.n * 2";
            default -> "UPDATE b# SET big = big || 'z' WHERE k2 = " + id;
        };
    }

    private String definition(int i) {
        return switch (random.nextInt(4)) {
            case 0 -> "ALTER TABLE a# ADD COLUMN c" + i + " int DEFAULT " + i + rewrite("a#", "v = v");
            case 1 -> "ALTER TABLE c# DROP COLUMN list" + rewrite("c#", "f = f");
            case 2 -> "ALTER TABLE b# RENAME COLUMN big TO big" + i + rewrite("b#", "k1 = k1");
            default -> "ALTER TABLE a# ALTER COLUMN n TYPE numeric USING n + 1" + rewrite("a#", "v = v");
        };
    }

    private String rewrite(String table, String set) {
        return rewrites ? "; UPDATE " + table + " SET " + set : "";
    }
}
