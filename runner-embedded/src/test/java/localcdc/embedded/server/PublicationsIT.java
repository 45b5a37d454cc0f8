package localcdc.embedded.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import localcdc.common.cli.LeftOut;
import localcdc.common.doctor.Finding;
import localcdc.core.source.SourceException;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PublicationsIT {
    private static final String OWN = "localcdc_run_test";

    private TestDatabase database;
    private Connection connection;
    private int version;

    @BeforeEach
    void open() throws SQLException {
        database = TestPostgres.shared().createDatabase();
        connection = database.connect();
        version = connection.getMetaData().getDatabaseMajorVersion();
        database.execute("""
                CREATE TABLE a (id int PRIMARY KEY, v text, w text);
                CREATE TABLE "B c" (id int PRIMARY KEY);
                CREATE TABLE parent (id int PRIMARY KEY) PARTITION BY RANGE (id);
                CREATE TABLE part PARTITION OF parent FOR VALUES FROM (0) TO (10);
                """);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        database.close();
    }

    private List<CapturedTable> tables(String... patterns) throws SQLException {
        return TableSelection.resolve(
                        connection, Stream.of(patterns).map(TablePattern::parse).toList(), List.of(), Engine.DEBEZIUM)
                .tables();
    }

    private List<String> problems(String publication, List<CapturedTable> tables) throws SQLException {
        return GivenPublication.check(connection, publication, tables).stream()
                .filter(Finding::isError)
                .map(Finding::found)
                .toList();
    }

    @Test
    void makesAPublicationThatPassesItsOwnChecks() throws SQLException, SourceException {
        if (version >= 18) {
            database.execute("ALTER TABLE a ADD COLUMN g int GENERATED ALWAYS AS (id + 1) STORED");
        }
        var tables = tables("public.*");

        Publications.createOwn(connection, OWN, tables);

        assertThat(problems(OWN, tables)).isEmpty();
        assertThat(database.query("SELECT tablename FROM pg_publication_tables ORDER BY 1"))
                .containsExactlyInAnyOrder("a", "B c", "parent");
        Publications.dropOwn(connection, OWN);
        Publications.dropOwn(connection, OWN);
        assertThat(database.query("SELECT pubname FROM pg_publication")).isEmpty();
    }

    @Test
    void tellsWhoMayMakeItWhenThisRoleMayNot() throws SQLException {
        var tables = tables("public.a");
        try (var role = new TestRole(database, "REPLICATION");
                var reader = role.connect()) {
            assertThatThrownBy(() -> Publications.createOwn(reader, OWN, tables))
                    .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.remedy())
                            .contains(
                                    "CREATE PUBLICATION \"cdc\" FOR TABLE ONLY \"public\".\"a\" WITH (publish ="
                                            + " 'insert, update, delete, truncate', publish_via_partition_root = true);",
                                    "--publication cdc"));
        }
    }

    @Test
    void neverDropsWhatIsNotOurs() {
        assertThatThrownBy(() -> Publications.dropOwn(connection, "cdc")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void acceptsAPublicationOfAllTables() throws SQLException {
        database.execute("CREATE PUBLICATION given FOR ALL TABLES WITH (publish_via_partition_root = true)");

        assertThat(problems("given", tables("public.*"))).isEmpty();
    }

    @Test
    void refusesAPublicationThatIsMissing() throws SQLException {
        assertThat(problems("given", tables("public.a")))
                .containsExactly("There is no publication 'given' in this database.");
    }

    @Test
    void refusesAPublicationThatLeavesSomethingOut() throws SQLException {
        database.execute("CREATE PUBLICATION given FOR TABLE a, parent WITH (publish = 'insert, update')");

        assertThat(problems("given", tables("public.*")))
                .containsExactly(
                        "The publication 'given' does not publish delete, truncate, but all four operations are needed.",
                        "The publication 'given' publishes changes of partitioned tables (public.parent) under the"
                                + " partitions' names, but they are needed under the root's.",
                        "The publication 'given' lacks public.B c.");
        database.execute(
                "ALTER PUBLICATION given ADD TABLE ONLY \"B c\"",
                "ALTER PUBLICATION given SET (publish = 'insert, update, delete, truncate',"
                        + " publish_via_partition_root = true)");
        assertThat(problems("given", tables("public.*"))).isEmpty();
    }

    @Test
    void refusesRowFiltersAndColumnLists() throws SQLException {
        if (version < 15) {
            return;
        }
        database.execute(
                "CREATE PUBLICATION given FOR TABLE a (id, v), \"B c\" WHERE (id > 5)",
                "CREATE PUBLICATION schemas FOR TABLES IN SCHEMA public WITH (publish_via_partition_root = true)");

        assertThat(problems("given", tables("public.a", "public.B c")))
                .containsExactly(
                        "The publication 'given' has a row filter for public.B c: WHERE (id > 5). All rows are needed.",
                        "The publication 'given' has a column list for public.a that lacks w.");
        var withoutW = TableSelection.resolve(
                connection,
                List.of(TablePattern.parse("public.a")),
                List.of(LeftOut.parse("public.a.w")),
                Engine.DEBEZIUM);
        assertThat(problems("given", withoutW.tables())).isEmpty();
        assertThat(problems("schemas", tables("public.*"))).isEmpty();
    }

    @Test
    void wantsGeneratedColumnsThatAreCapturedToBePublished() throws SQLException {
        if (version < 18) {
            return;
        }
        database.execute(
                "ALTER TABLE a ADD COLUMN g int GENERATED ALWAYS AS (id + 1) STORED",
                "CREATE PUBLICATION given FOR TABLE a");

        assertThat(problems("given", tables("public.a")))
                .containsExactly("The publication 'given' does not publish the generated columns g of public.a.");
        database.execute("ALTER PUBLICATION given SET (publish_generated_columns = stored)");
        assertThat(problems("given", tables("public.a"))).isEmpty();
    }
}
