package localcdc.embedded.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import localcdc.common.cli.LeftOut;
import localcdc.common.doctor.Finding;
import localcdc.core.event.TableId;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableSelectionIT {
    private TestDatabase database;
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        database = TestPostgres.shared().createDatabase();
        connection = database.connect();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        database.close();
    }

    private Selection select(String... patterns) throws SQLException {
        return resolve(List.of(), patterns);
    }

    private Selection resolve(List<String> leaveOuts, String... patterns) throws SQLException {
        return TableSelection.resolve(
                connection,
                Stream.of(patterns).map(TablePattern::parse).toList(),
                leaveOuts.stream().map(LeftOut::parse).toList(),
                Engine.DEBEZIUM);
    }

    private static List<String> names(Selection selection) {
        return selection.tables().stream().map(table -> table.id().toString()).toList();
    }

    private static List<String> errors(Selection selection) {
        return selection.errors().stream().map(Finding::found).toList();
    }

    @Test
    void takesEveryPermanentTableWithAKeyByDefault() throws SQLException {
        database.execute("""
                CREATE SCHEMA "Odd Schema";
                CREATE TABLE "Odd Schema"."Dot.ted ☃" (id int PRIMARY KEY);
                CREATE TABLE public.plain (id int PRIMARY KEY, v text);
                CREATE TABLE public.nokey (id int);
                CREATE UNLOGGED TABLE public.fleeting (id int PRIMARY KEY);
                CREATE VIEW public.seen AS SELECT 1 AS id;
                CREATE TABLE public.byindex (a int NOT NULL, b int NOT NULL, c int);
                CREATE UNIQUE INDEX byindex_ba ON public.byindex (b, a) INCLUDE (c);
                ALTER TABLE public.byindex REPLICA IDENTITY USING INDEX byindex_ba;
                CREATE TABLE public.parent (id int, k int, PRIMARY KEY (k, id)) PARTITION BY RANGE (id);
                CREATE TABLE public.part1 PARTITION OF public.parent FOR VALUES FROM (0) TO (10) PARTITION BY LIST (id);
                CREATE TABLE public.part11 PARTITION OF public.part1 FOR VALUES IN (1, 2);
                INSERT INTO public.parent VALUES (1, 1), (2, 2);
                ANALYZE public.parent;
                CREATE TABLE public.base (id int PRIMARY KEY);
                CREATE TABLE public.child (PRIMARY KEY (id)) INHERITS (public.base);
                """);

        var selection = select();

        assertThat(errors(selection)).isEmpty();
        assertThat(names(selection))
                .containsExactly(
                        "Odd Schema.Dot.ted ☃",
                        "public.base",
                        "public.byindex",
                        "public.child",
                        "public.parent",
                        "public.plain");
        assertThat(selection.skipped())
                .containsExactly(
                        "public.fleeting is unlogged: its changes are not in the write-ahead log",
                        "public.nokey has no primary key, so its rows cannot be told apart");
        var byIndex = selection.tables().get(2);
        assertThat(byIndex.key()).containsExactly(1, 0);
        assertThat(byIndex.from()).isEqualTo("ONLY \"public\".\"byindex\"");
        var parent = selection.tables().get(4);
        assertThat(parent.partitioned()).isTrue();
        assertThat(parent.key()).containsExactly(1, 0);
        assertThat(parent.estimatedRows()).isEqualTo(2);
        assertThat(parent.estimatedPages()).isEqualTo(1);
        assertThat(parent.signature().storage().values())
                .extracting(TableSignature.Storage::name)
                .containsExactly("part11");
    }

    @Test
    void explainsEveryTableThatWasNamedButCannotBeTaken() throws SQLException {
        database.execute("""
                CREATE TABLE customers (id int PRIMARY KEY);
                CREATE TABLE nokey (id int);
                CREATE UNLOGGED TABLE fleeting (id int PRIMARY KEY);
                CREATE VIEW seen AS SELECT 1 AS id;
                CREATE TABLE parent (id int PRIMARY KEY) PARTITION BY RANGE (id);
                CREATE TABLE part PARTITION OF parent FOR VALUES FROM (0) TO (10);
                CREATE TABLE nothing (id int PRIMARY KEY);
                ALTER TABLE nothing REPLICA IDENTITY NOTHING;
                CREATE TABLE other (id int PRIMARY KEY, n int NOT NULL UNIQUE);
                ALTER TABLE other REPLICA IDENTITY USING INDEX other_n_key;
                CREATE TABLE late (id int PRIMARY KEY DEFERRABLE);
                """);

        var selection = select(
                "public.custmers",
                "public.nokey",
                "public.fleeting",
                "public.seen",
                "public.part",
                "public.nothing",
                "public.other",
                "public.late",
                "pg_catalog.pg_class",
                "none.*");

        assertThat(errors(selection))
                .containsExactlyInAnyOrder(
                        "There is no table public.custmers.",
                        "public.nokey has no primary key, so its rows cannot be told apart.",
                        "public.fleeting is unlogged: its changes are not in the write-ahead log.",
                        "public.seen is a view.",
                        "public.part is a partition of public.parent; a partitioned table is captured as one.",
                        "public.nothing has REPLICA IDENTITY NOTHING, so an UPDATE or DELETE does not say which row it met.",
                        "public.other has a primary key, but its REPLICA IDENTITY is another index, so a DELETE does not"
                                + " carry the primary key.",
                        "public.late has a deferrable primary key, which Postgres does not take as replica identity.",
                        "pg_catalog.pg_class is in a system schema, whose tables cannot be captured.");
        assertThat(selection.errors())
                .filteredOn(error -> error.found().startsWith("There is no table"))
                .extracting(Finding::remedy)
                .containsExactly("Did you mean public.customers?");
        assertThat(selection.skipped()).containsExactly("none.* matches no table");
    }

    @Test
    void refusesColumnsThatCannotBeCarriedAndNamesThemAll() throws SQLException {
        database.execute("""
                CREATE DOMAIN opening AS timetz;
                CREATE TYPE hours AS (day text, opens opening);
                CREATE TYPE mood AS ENUM ('good', 'bad');
                CREATE FUNCTION mood_json(mood) RETURNS json LANGUAGE sql AS $$ SELECT '1'::json $$;
                CREATE CAST (mood AS json) WITH FUNCTION mood_json(mood);
                CREATE TABLE a (id int PRIMARY KEY, t timetz, ts timetz[], d opening, c hours[], m mood[], fine text);
                CREATE TABLE b (id int PRIMARY KEY, "ID" int);
                CREATE TABLE "quo""te" (id int PRIMARY KEY);
                CREATE TABLE good (id int PRIMARY KEY);
                """);

        var all = select();

        assertThat(names(all)).containsExactly("public.good");
        assertThat(errors(all))
                .containsExactly(
                        "public.a has columns that cannot be carried without loss:"
                                + " t (time with time zone: Debezium loses the offset of timetz),"
                                + " ts (time with time zone[]: Debezium loses the offset of timetz),"
                                + " d (opening: Debezium loses the offset of timetz),"
                                + " c (hours[]: Debezium loses the offset of timetz),"
                                + " m (mood[]: to_jsonb uses the cast from mood to json, which only the server can).",
                        "public.b has columns whose names differ only by case, which ends the Debezium engine: id, ID.",
                        "public.quo\"te has a double quote in its name, which Debezium cannot stream.");
        assertThat(all.errors().get(0).remedy())
                .isEqualTo("Leave them out: --leave-out public.a.t --leave-out public.a.ts --leave-out public.a.d"
                        + " --leave-out public.a.c --leave-out public.a.m");

        var some = resolve(List.of(
                "public.a.t",
                "public.a.ts",
                "public.a.d",
                "public.a.c",
                "public.a.m",
                "public.b.ID",
                "public.quo\"te"));
        assertThat(errors(some)).isEmpty();
        assertThat(names(some)).containsExactly("public.a", "public.b", "public.good");
        assertThat(some.tables().get(0).columnNames()).containsExactly("id", "fine");
        assertThat(some.tables().get(0).leftOut()).containsExactly("t", "ts", "d", "c", "m");
    }

    @Test
    void takesStoredGeneratedColumnsOnlyWhereTheServerSendsThem() throws SQLException {
        database.execute("CREATE TABLE g (id int PRIMARY KEY, s int GENERATED ALWAYS AS (id * 2) STORED)");
        boolean sends = connection.getMetaData().getDatabaseMajorVersion() >= 18;

        var selection = select();

        assertThat(errors(selection)).hasSize(sends ? 0 : 1);
        assertThat(errors(resolve(List.of("public.g.s")))).isEmpty();
        if (sends) {
            assertThat(selection.tables().get(0).columns().get(1).generated()).isTrue();
            database.execute("ALTER TABLE g ADD COLUMN v int GENERATED ALWAYS AS (id * 3) VIRTUAL");
            assertThat(errors(select()))
                    .containsExactly("public.g has columns that cannot be carried without loss:"
                            + " v (generated virtual: the server does not send it).");
        }
    }

    @Test
    void refusesLeaveOutsThatMissOrThatTakeTheKey() throws SQLException {
        database.execute("CREATE TABLE t (id int PRIMARY KEY, name text)");

        var selection = resolve(List.of("public.tt", "public.t.nme", "public.t.id"));

        assertThat(errors(selection))
                .containsExactly(
                        "--leave-out names public.tt, but there is no such table.",
                        "--leave-out names the column nme of public.t, but there is none.",
                        "--leave-out names id of public.t, which belongs to the key.");
        assertThat(selection.errors().get(0).remedy()).isEqualTo("Did you mean public.t?");
    }

    @Test
    void tellsWhatItSawWhenThereIsNothingToTake() throws SQLException {
        assertThat(errors(select()))
                .singleElement()
                .asString()
                .contains("No table of the database '" + database.name() + "'")
                .contains("It has no tables outside the system schemas.");

        database.execute("CREATE TABLE nokey (id int); CREATE VIEW seen AS SELECT 1 AS id");

        assertThat(errors(select()))
                .singleElement()
                .asString()
                .contains(
                        "Seen: public.nokey has no primary key, so its rows cannot be told apart, public.seen is a view.");
    }

    @Test
    void seesTablesThatCameLater() throws SQLException {
        database.execute("CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int)");
        var selection = select("public.*");

        assertThat(TableSelection.newTables(connection, selection)).isEmpty();
        database.execute(
                "CREATE TABLE c (id int PRIMARY KEY); CREATE TABLE d (id int); ALTER TABLE b ADD PRIMARY KEY (id)");

        assertThat(TableSelection.newTables(connection, selection))
                .containsExactly(new TableId("public", "b"), new TableId("public", "c"));
    }
}
