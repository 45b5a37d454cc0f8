package localcdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import org.junit.jupiter.api.Test;

class SharedPostgresIT {
    @Test
    void isOneServerForTheWholeJvm() {
        assertThat(TestPostgres.shared()).isSameAs(TestPostgres.shared());
    }

    @Test
    void givesEachTestAnEmptyDatabase() {
        try (TestDatabase one = TestPostgres.shared().createDatabase();
                TestDatabase other = TestPostgres.shared().createDatabase()) {
            one.execute("CREATE TABLE t (id int PRIMARY KEY)");

            assertThat(other.query("SELECT to_regclass('t')::text")).containsExactly((String) null);
        }
    }

    @Test
    void dropsADatabaseThatIsInUseAndHasSlots() throws Exception {
        TestPostgres server = TestPostgres.shared();
        TestDatabase database = server.createDatabase("Odd \"name\" ü");
        try (Connection client = database.connect()) {
            // Given
            assertThat(client.isValid(5)).isTrue();
            database.query("SELECT slot_name FROM pg_create_logical_replication_slot('left_over', 'pgoutput')");

            // When
            database.close();
        }

        // Then
        try (TestDatabase observer = server.createDatabase()) {
            assertThat(observer.query("SELECT datname FROM pg_database WHERE datname LIKE 'Odd%'"))
                    .isEmpty();
            assertThat(observer.query("SELECT slot_name FROM pg_replication_slots WHERE slot_name = 'left_over'"))
                    .isEmpty();
        }
    }
}
