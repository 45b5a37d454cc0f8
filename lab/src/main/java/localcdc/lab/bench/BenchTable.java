package localcdc.lab.bench;

import java.sql.Connection;
import java.sql.SQLException;
import localcdc.core.event.TableId;

/** The table that is measured with: {@code inventory.customers} with made-up rows that depend on their id alone. */
public final class BenchTable {

    /** Its name. */
    public static final TableId ID = new TableId("inventory", "customers");

    static final String PUBLICATION = "bench_customers";

    /** Parameters: the first and the last id. */
    static final String INSERT_SERIES = """
            INSERT INTO inventory.customers (id, first_name, last_name, email, balance, updated_at, profile)
            SELECT n,
                   (ARRAY['Ada','Alan','Barbara','Dennis','Edsger','Grace','Linus','Yukihiro'])[1 + n % 8],
                   (ARRAY['Dijkstra','Hopper','Kernighan','Liskov','Lovelace','Matsumoto','Turing'])[1 + n % 7],
                   'customer' || n || '@example.com',
                   (n::bigint * 7919 % 1000000) / 100.0,
                   timestamptz '2024-01-01 00:00:00+00' + n * interval '1.234567 s',
                   jsonb_build_object('plan', (ARRAY['free','pro','team'])[1 + n % 3], 'visits', n % 1000)
            FROM generate_series(?::int, ?::int) AS n""";

    /** Parameters: a number that the new values depend on, and the ids. */
    static final String UPDATE_LIST = """
            UPDATE inventory.customers
            SET balance = (id::bigint * 104729 + ?) % 1000000 / 100.0,
                updated_at = updated_at + interval '0.5 s',
                profile = jsonb_set(profile, '{visits}', to_jsonb((profile ->> 'visits')::int + 1))
            WHERE id = ANY (?)""";

    /** Parameters: the first and the last id. */
    static final String DELETE_SERIES = "DELETE FROM inventory.customers WHERE id BETWEEN ? AND ?";

    private static final String CREATE = """
            CREATE SCHEMA inventory;
            CREATE TABLE inventory.customers (
                id         int PRIMARY KEY,
                first_name text,
                last_name  text,
                email      text,
                balance    numeric(12, 2),
                updated_at timestamptz,
                profile    jsonb
            );
            CREATE PUBLICATION bench_customers FOR TABLE inventory.customers""";

    private BenchTable() {}

    static void create(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(CREATE);
        }
    }

    /** Makes it hold the rows 1 to {@code rows} and no others, and settles it so that all readers find it alike. */
    public static void fill(Connection connection, int rows) throws SQLException {
        try (var statement = connection.createStatement();
                var insert = connection.prepareStatement(INSERT_SERIES)) {
            statement.execute("TRUNCATE inventory.customers");
            insert.setInt(1, 1);
            insert.setInt(2, rows);
            insert.executeUpdate();
            statement.execute("VACUUM (FREEZE, ANALYZE) inventory.customers");
            statement.execute("CHECKPOINT");
        }
    }
}
