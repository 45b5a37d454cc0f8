package localcdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleDatabaseIT {
    @Test
    void makesTablesRowsAndPublicationOnceAndForAll() throws Exception {
        try (TestDatabase database = TestPostgres.shared().createDatabase();
                Connection connection = database.connect()) {
            // When
            SampleDatabase.applyTo(connection);
            database.execute("UPDATE inventory.customers SET first_name = 'changed' WHERE id = 1001");
            SampleDatabase.applyTo(connection);

            // Then
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(database.query("SELECT first_name FROM inventory.customers ORDER BY id"))
                    .containsExactly("changed", "George", "Edward", "Zoë");
            assertThat(database.query("SELECT count(*) FROM sample_table")).containsExactly("3");
            assertThat(publishedTables(database))
                    .containsExactly(
                            "inventory.customers",
                            "inventory.order_items",
                            "inventory.orders",
                            "inventory.products",
                            "public.sample_table");
            assertThat(
                            database.query(
                                    "SELECT count(*) FROM pg_publication WHERE pubviaroot AND pubinsert AND pubupdate AND pubdelete AND pubtruncate"))
                    .containsExactly("1");
        }
    }

    @Test
    void hasCustomersWithThePromisedColumns() throws Exception {
        try (TestDatabase database = TestPostgres.shared().createDatabase();
                Connection connection = database.connect()) {
            SampleDatabase.applyTo(connection);

            assertThat(
                            database.query(
                                    "SELECT column_name || ' ' || data_type FROM information_schema.columns"
                                            + " WHERE table_schema = 'inventory' AND table_name = 'customers' ORDER BY ordinal_position"))
                    .containsExactly(
                            "id integer",
                            "first_name text",
                            "last_name text",
                            "email text",
                            "balance numeric",
                            "updated_at timestamp with time zone",
                            "profile jsonb");
            database.execute(
                    "INSERT INTO inventory.customers (first_name) VALUES ('next')", "TRUNCATE inventory.customers");
        }
    }

    @Test
    void workloadChangesEveryTableAndKeepsThemSmall() throws Exception {
        try (TestDatabase database = TestPostgres.shared().createDatabase();
                Connection connection = database.connect()) {
            // Given
            SampleDatabase.applyTo(connection);
            String[] rounds = new String[230];
            Arrays.fill(rounds, SampleDatabase.workloadRound());

            // When
            database.execute(rounds);

            // Then
            assertThat(count(database, "inventory.customers")).isBetween(200, 210);
            assertThat(count(database, "inventory.orders")).isBetween(200, 210);
            assertThat(count(database, "inventory.order_items")).isBetween(400, 420);
            assertThat(database.query("SELECT status FROM inventory.orders GROUP BY 1"))
                    .contains("new", "paid");
        }
    }

    private static int count(TestDatabase database, String table) {
        return Integer.parseInt(database.query("SELECT count(*) FROM " + table).get(0));
    }

    private static List<String> publishedTables(TestDatabase database) {
        return database.query("SELECT schemaname || '.' || tablename FROM pg_publication_tables WHERE pubname = '"
                + SampleDatabase.PUBLICATION + "' ORDER BY 1");
    }
}
