package localcdc.common.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.core.event.TableId;
import localcdc.core.value.JsonEquality;
import localcdc.core.value.NumberRule;
import localcdc.core.verify.PostgresCut;
import localcdc.core.verify.PostgresRow;
import localcdc.core.verify.UndecidedException;
import localcdc.core.verify.UndecidedException.Scope;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JdbcPostgresSideIT {

    private static final TableId T = new TableId("public", "t");

    private final TestDatabase database = TestPostgres.shared().createDatabase();
    private final JdbcPostgresSide side = new JdbcPostgresSide(settings("postgres", null));

    private PgSettings settings(String user, String password) {
        var server = database.server();
        boolean owner = password == null;
        return new PgSettings(
                server.host(),
                server.port(),
                database.name(),
                owner ? server.user() : user,
                owner ? server.password() : password,
                SslMode.PREFER);
    }

    @AfterEach
    void close() {
        side.close();
        database.close();
    }

    private static Map<String, String> rows(PostgresCut cut) throws UndecidedException {
        var rows = new LinkedHashMap<String, String>();
        cut.scan(batch -> {
            batch.forEach(row -> rows.put(row.key(), row.row()));
            return true;
        });
        return rows;
    }

    private static List<PostgresRow> lookUp(PostgresCut cut, List<String> keys) throws UndecidedException {
        var found = new ArrayList<PostgresRow>();
        cut.lookUp(keys, batch -> found.addAll(batch));
        return found;
    }

    private UndecidedException problem(TableId table) {
        return catchThrowableOfType(UndecidedException.class, () -> {
            try (var cut = side.begin(table, List.of())) {
                rows(cut);
            }
        });
    }

    @Test
    void rowsAreWhatToJsonbPrints() throws Exception {
        database.execute("""
                CREATE TABLE t (id int PRIMARY KEY, t text, r float4, s float8[], "Ünï ""q"" c" timestamptz,
                                j jsonb, b bytea, m money, i interval);
                INSERT INTO t VALUES (1, 'x', 0.1, '{1e22,NaN}', '2024-06-01 12:00+09', '{"b":1.50,"a":[null]}', '\\x00ff', 12.5, '1 day'),
                                     (2, NULL, NULL, NULL, 'infinity', NULL, '', NULL, NULL)
                """);

        try (var cut = side.begin(T, List.of())) {
            assertThat(cut.keyColumns()).containsExactly("id");
            assertThat(cut.numberRules())
                    .containsExactly(Map.entry("r", NumberRule.FLOAT), Map.entry("s", NumberRule.DOUBLE));
            assertThat(rows(cut)).containsOnlyKeys("[1]", "[2]").hasEntrySatisfying("[1]", row -> assertThat(
                            JsonEquality.exact().equal(row, """
                                {"id": 1, "t": "x", "r": 0.1, "s": [1e22, "NaN"], "Ünï \\"q\\" c": "2024-06-01T03:00:00+00:00",
                                 "j": {"a": [null], "b": 1.50}, "b": "\\\\x00ff", "m": "$12.50", "i": "1 day"}
                                """))
                    .isTrue());
        }
    }

    @Test
    void columnsLeftOutAreNotRead() throws Exception {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, j json, v text)", "INSERT INTO t VALUES (1, '\"\\u0000\"', 'x')");

        try (var cut = side.begin(T, List.of("j"))) {
            assertThat(rows(cut)).containsExactly(Map.entry("[1]", "{\"v\": \"x\", \"id\": 1}"));
        }
    }

    @Test
    void rowsOfEveryKeyTypeAreFoundByTheirKeys() throws Exception {
        database.execute("""
                CREATE EXTENSION citext; CREATE EXTENSION hstore;
                CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
                CREATE TYPE mood AS ENUM ('sad', 'O''k "x"');
                CREATE TYPE pair AS (a int, b text);
                CREATE DOMAIN positive AS int NOT NULL CHECK (VALUE > 0);
                """);
        var values = new LinkedHashMap<String, String>();
        values.put("text COLLATE loose", "'Äbc'");
        values.put("citext", "'MiXed'");
        values.put("numeric", "'1.500'");
        values.put("numeric(10,2)", "2");
        values.put("real", "'0.1'");
        values.put("float8", "'NaN'");
        values.put("timestamptz", "'0044-03-15 12:00:00.123456 BC'");
        values.put("timestamp", "'infinity'");
        values.put("date", "'12024-01-01'");
        values.put("time", "'24:00'");
        values.put("timetz", "'10:00:00+05:30'");
        values.put("interval", "'1 mon -2 days 00:00:01'");
        values.put("bytea", "'\\x0a5c22'");
        values.put("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'");
        values.put("mood", "'O''k \"x\"'");
        values.put("positive", "5");
        values.put("int[]", "'[0:1]={1,NULL}'");
        values.put("text[]", "'{\"a,\\\"b\",NULL,\"NULL\"}'");
        values.put("int4range", "'[1,5)'");
        values.put("pair", "'(1,\"x,y\")'");
        values.put("hstore", "'a=>1, b=>NULL'");
        values.put("jsonb", "'{\"a\": 1.50}'");
        values.put("money", "12.34");
        values.put("varbit(5)", "B'101'");
        values.put("bit(3)", "B'101'");
        values.put("char(5)", "'ab'");
        values.put("varchar(5)", "''");
        values.put("\"char\"", "'x'");
        values.put("name", "'n'");
        values.put("boolean", "true");
        values.put("bigint", "-9223372036854775808");
        values.put("oid", "4294967295");
        values.put("inet", "'10.0.0.1/8'");
        values.put("macaddr", "'08:00:2b:01:02:03'");
        values.put("pg_lsn", "'1/2'");
        values.put("tsvector", "'a:1 b'");
        int n = 0;
        for (var value : values.entrySet()) {
            var table = new TableId("public", "k" + n++);
            database.execute(
                    "CREATE TABLE " + table.name() + " (k " + value.getKey() + ", n int, PRIMARY KEY (n, k))",
                    "INSERT INTO " + table.name() + " VALUES (" + value.getValue() + ", 7)");
            try (var cut = side.begin(table, List.of())) {
                var keys = List.copyOf(rows(cut).keySet());
                assertThat(keys).as(value.getKey()).hasSize(1);
                var asked = List.of("[8, " + keys.get(0).substring("[7,".length()), keys.get(0));
                assertThat(cut.existing(asked)).as(value.getKey()).containsExactly(keys.get(0));
                assertThat(lookUp(cut, asked))
                        .as(value.getKey())
                        .extracting(PostgresRow::key)
                        .containsExactly(keys.get(0));
            }
        }
    }

    @Test
    void keysAreFoundByPostgresOwnEquality() throws Exception {
        database.execute(
                "CREATE EXTENSION citext",
                "CREATE TABLE t (name citext, amount numeric, PRIMARY KEY (name, amount))",
                "INSERT INTO t VALUES ('Ann', 1.0)");

        try (var cut = side.begin(T, List.of())) {
            assertThat(cut.existing(List.of("[\"ANN\", 1.000]", "[\"Anna\", 1]")))
                    .containsExactly("[\"ANN\", 1.000]");
            assertThat(lookUp(cut, List.of("[\"x\", 1]", "[\"ann\",1]")))
                    .singleElement()
                    .extracting(PostgresRow::key)
                    .isEqualTo("[\"ann\",1]");
        }
    }

    @Test
    void aTableHasItsOwnRowsAndAPartitionedOneThoseOfItsPartitions() throws Exception {
        database.execute("""
                CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE child () INHERITS (t);
                INSERT INTO t VALUES (1); INSERT INTO child VALUES (2);
                CREATE TABLE parts (id int, v text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
                CREATE TABLE p1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
                CREATE TABLE p2 (v text, gone int, id int NOT NULL); ALTER TABLE p2 DROP gone;
                ALTER TABLE parts ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20);
                INSERT INTO parts SELECT i, repeat(md5(i::text), 1000) FROM generate_series(1, 19) i
                """);

        try (var cut = side.begin(T, List.of())) {
            assertThat(rows(cut)).containsOnlyKeys("[1]");
            assertThat(cut.existing(List.of("[1]", "[2]"))).containsExactly("[1]");
        }
        try (var cut = side.begin(new TableId("public", "parts"), List.of())) {
            var rows = rows(cut);
            assertThat(rows).hasSize(19);
            rows.forEach((key, row) -> assertThat(row).endsWith("\"id\": " + key.substring(1, key.length() - 1) + "}"));
            assertThat(lookUp(cut, List.copyOf(rows.keySet())))
                    .allSatisfy(row -> assertThat(row.row()).isEqualTo(rows.get(row.key())))
                    .hasSize(19);
        }
    }

    @Test
    void largeRowsComeInBatchesThatTakeLittleMemory() throws Exception {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, v text)",
                "INSERT INTO t SELECT i, CASE WHEN i % 3 = 0 THEN repeat('x', 1000000) ELSE 'small' END FROM generate_series(1, 60) i");

        try (var cut = side.begin(T, List.of())) {
            var sizes = new ArrayList<Integer>();
            cut.scan(batch -> {
                sizes.add(batch.stream().mapToInt(row -> row.row().length()).sum());
                return true;
            });
            assertThat(sizes).allMatch(size -> size < 5_000_000).hasSizeGreaterThan(4);
            assertThat(rows(cut)).hasSize(60);
        }
    }

    @Test
    void aCutSeesNothingThatCommitsLaterAndIsPassedByItsMarker() throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        database.query("SELECT pg_create_logical_replication_slot('s', 'test_decoding')");

        try (var cut = side.begin(T, List.of())) {
            database.execute("INSERT INTO t VALUES (2)");
            side.emit("m-1");
            database.execute("INSERT INTO t VALUES (3)");

            assertThat(rows(cut)).containsOnlyKeys("[1]");
            assertThat(cut.snapshot()).matches("\\d+:\\d+:[\\d,]*");
            assertThat(
                            database.query(
                                    "SELECT data FROM pg_logical_slot_peek_changes('s', NULL, NULL) WHERE data LIKE '%id%' OR data LIKE 'message%'"))
                    .satisfiesExactly(
                            two -> assertThat(two).contains("2"),
                            marker ->
                                    assertThat(marker).contains("transactional: 1", "prefix: localcdc,", "content:m-1"),
                            three -> assertThat(three).contains("3"));
        }
    }

    @Test
    void writersGoOnWhileACutIsOpen() throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");

        try (var cut = side.begin(T, List.of())) {
            assertThat(rows(cut)).hasSize(1);
            database.execute(
                    "SET lock_timeout = '1s'; UPDATE t SET id = 2; DELETE FROM t; INSERT INTO t VALUES (1); VACUUM t"
                            .split("(?=VACUUM)"));
        }
    }

    @Test
    void aRowWhoseDeletionIsUnderWayIsMarked() throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
        try (var other = database.connect()) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("SAVEPOINT a; DELETE FROM t WHERE id = 1");
            }
            // A transaction that began later, so that the deletion lies below the snapshot's xmax.
            database.query("SELECT pg_current_xact_id()");
            try (var cut = side.begin(T, List.of())) {
                assertThat(lookUp(cut, List.of("[1]", "[2]")))
                        .extracting(PostgresRow::key, PostgresRow::changing)
                        .containsExactlyInAnyOrder(
                                org.assertj.core.groups.Tuple.tuple("[1]", true),
                                org.assertj.core.groups.Tuple.tuple("[2]", false));
            }
            other.rollback();
        }
        try (var cut = side.begin(T, List.of())) {
            assertThat(lookUp(cut, List.of("[1]")))
                    .singleElement()
                    .extracting(PostgresRow::changing)
                    .isEqualTo(false);
        }
    }

    @Test
    void namesTheRowThatHasANullCharacter() throws Exception {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, j json, js json[])",
                "INSERT INTO t SELECT i, '{\"a\": \"\\\\u0000\"}' FROM generate_series(1, 50) i",
                "INSERT INTO t VALUES (77, '{\"a\": \"\\\\\\u0000\"}')");

        var problem = problem(T);

        assertThat(problem.scope()).isEqualTo(Scope.TABLE);
        assertThat(problem)
                .hasMessage("Postgres cannot print all of table public.t as jsonb, since a json value contains"
                        + " \\u0000: column \"j\" of the row with key [77].");

        database.execute("UPDATE t SET j = NULL, js = ARRAY['\"\\u0000\"'::json] WHERE id = 77");
        assertThat(problem(T)).hasMessageContaining("column \"js\" of the row with key [77]");

        database.execute("DELETE FROM t WHERE id = 77");
        try (var cut = side.begin(T, List.of())) {
            assertThat(rows(cut)).hasSize(50);
        }
    }

    @Test
    void aLockedTableIsTriedAgain() throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (var other = database.connect()) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("LOCK TABLE t");
            }

            var problem = problem(T);

            assertThat(problem.scope()).isEqualTo(Scope.CUT);
            assertThat(problem).hasMessageContaining("locked by another session");
            other.rollback();
        }
        try (var cut = side.begin(T, List.of())) {
            assertThat(rows(cut)).isEmpty();
        }
    }

    @Test
    void saysWhatIsWrongWithATable() throws Exception {
        database.execute("CREATE VIEW v AS SELECT 1 AS id", "CREATE TABLE keyless (id int)");

        assertThat(problem(new TableId("public", "gone"))).hasMessageContaining("public.gone is no longer in");
        assertThat(problem(new TableId("nowhere", "t"))).hasMessageContaining("nowhere.t is no longer in");
        assertThat(problem(new TableId("public", "v"))).hasMessageContaining("public.v is not a table");
        assertThat(problem(new TableId("public", "keyless"))).hasMessageContaining("has no primary key");
    }

    @Test
    void saysWhatAUserMayNotRead() throws Exception {
        var role = "verify_" + database.name().substring(5, 15);
        database.execute(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'secret'",
                "CREATE TABLE t (id int PRIMARY KEY)",
                "CREATE TABLE hidden (id int PRIMARY KEY); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; GRANT SELECT ON hidden TO "
                        + role,
                "CREATE SCHEMA closed CREATE TABLE t (id int PRIMARY KEY); GRANT SELECT ON closed.t TO " + role);
        try (var limited = new JdbcPostgresSide(settings(role, "secret"))) {
            assertThatThrownBy(() -> limited.begin(T, List.of()))
                    .isInstanceOf(UndecidedException.class)
                    .hasMessageContaining("has no right to read all of table public.t");
            assertThatThrownBy(() -> limited.begin(new TableId("closed", "t"), List.of()))
                    .hasMessageContaining("has no right to read all of table closed.t");
            assertThatThrownBy(() -> limited.begin(new TableId("public", "hidden"), List.of()))
                    .hasMessageContaining("Row-level security hides rows of table public.hidden");
            limited.emit("anybody may");
        } finally {
            database.execute("DROP OWNED BY " + role + "; DROP ROLE " + role);
        }
    }

    @Test
    void takesANewConnectionWhenOneWasCut() throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (var cut = side.begin(T, List.of())) {
            side.emit("m-1");
            database.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'localcdc-verify'"
                            + " AND datname = current_database()");
            assertThat(catchThrowableOfType(UndecidedException.class, () -> rows(cut))
                            .scope())
                    .isEqualTo(Scope.CUT);
        }
        assertThat(catchThrowableOfType(UndecidedException.class, () -> side.emit("m-2"))
                        .scope())
                .isEqualTo(Scope.CUT);

        try (var cut = side.begin(T, List.of())) {
            side.emit("m-3");
            assertThat(rows(cut)).isEmpty();
        }
    }

    @Test
    void manyKeysAreFoundByTheIndex() throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT generate_series(1, 100000)");

        try (var cut = side.begin(T, List.of())) {
            var keys = IntStream.rangeClosed(99_501, 100_500)
                    .mapToObj(i -> "[" + i + "]")
                    .toList();
            assertThat(cut.existing(keys)).hasSize(500);
        }
    }
}
