package localcdc.core.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import localcdc.core.value.ColumnInfo.Generation;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PgTypeReaderIT {

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = TestPostgres.shared().createDatabase();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @Test
    void readsColumnsAsTheCatalogHasThem() throws SQLException {
        // Given
        database.execute(
                "CREATE DOMAIN price AS numeric(12,2)",
                "CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                """
                CREATE TABLE t (gone int, "b ""B"" x" price NOT NULL, a text COLLATE caseless, c varchar(20)[],
                                g int GENERATED ALWAYS AS (1) STORED, PRIMARY KEY (a, "b ""B"" x"))
                """,
                "ALTER TABLE t DROP gone");

        // When
        var columns = read("t");

        // Then
        assertThat(columns).containsOnlyKeys("b \"B\" x", "a", "c", "g");
        assertThat(columns.get("b \"B\" x")).satisfies(column -> {
            assertThat(column.type()).hasToString("numeric");
            assertThat(column.declaredType()).isEqualTo("price");
            assertThat(column.baseTypeOid()).isEqualTo(1700);
            assertThat(column.typeOid()).isNotEqualTo(1700);
            assertThat(column.position()).isEqualTo(2);
            assertThat(column.notNull()).isTrue();
            assertThat(column.keyOrdinal()).isEqualTo(2);
        });
        assertThat(columns.get("a")).satisfies(column -> {
            assertThat(column.keyOrdinal()).isEqualTo(1);
            assertThat(column.nondeterministic()).isTrue();
        });
        assertThat(columns.get("c")).satisfies(column -> {
            assertThat(column.type()).hasToString("array(varchar)");
            assertThat(column.declaredType()).isEqualTo("character varying(20)[]");
            assertThat(column.inKey()).isFalse();
            assertThat(column.nondeterministic()).isFalse();
        });
        assertThat(columns.get("g").generation()).isEqualTo(Generation.STORED);
    }

    @Test
    void seesWhichTypesOnlyTheServerCanConvert() throws SQLException {
        // Given
        database.execute(
                "CREATE TYPE own AS ENUM ('x')",
                "CREATE TYPE free AS ENUM ('x')",
                "CREATE FUNCTION own_json(own) RETURNS json LANGUAGE sql AS $$ SELECT '1'::json $$",
                "CREATE CAST (own AS json) WITH FUNCTION own_json(own)",
                "CREATE TYPE date AS ENUM ('x')",
                "CREATE TYPE holder AS (o own)",
                "CREATE TABLE u (id int PRIMARY KEY, o own, a own[], h holder, f free, d public.date)");

        // When
        var columns = read("u");

        // Then
        assertThat(List.of("o", "a", "h"))
                .allSatisfy(name -> assertThat(columns.get(name).type().unsupportedReason())
                        .contains("to_jsonb converts type own by the function own_json"));
        assertThat(columns.get("f").type()).hasToString("other");
        assertThat(columns.get("d").type()).hasToString("other");
    }

    @Test
    void readsWhatTheTransactionSees() throws SQLException {
        // Given
        database.execute("CREATE TABLE s (id int PRIMARY KEY)");

        // When
        Map<String, ColumnInfo> columns;
        try (var connection = database.connect()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            oid(connection, "s");
            database.execute("ALTER TABLE s ADD later int");
            columns = read(connection, "s");
        }

        // Then
        assertThat(columns).containsOnlyKeys("id");
    }

    private Map<String, ColumnInfo> read(String table) throws SQLException {
        try (var connection = database.connect()) {
            return read(connection, table);
        }
    }

    private static Map<String, ColumnInfo> read(Connection connection, String table) throws SQLException {
        var oid = oid(connection, table);
        return new PgTypeReader(connection)
                .columns(List.of(oid)).get(oid).stream()
                        .collect(Collectors.toMap(ColumnInfo::name, Function.identity()));
    }

    private static long oid(Connection connection, String table) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT '" + table + "'::regclass::oid")) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
