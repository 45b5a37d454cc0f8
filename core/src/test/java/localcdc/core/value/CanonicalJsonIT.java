package localcdc.core.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/** Every type's hard values: what we make of Postgres' text equals what to_jsonb makes of the value. */
class CanonicalJsonIT {

    static final String SESSION = """
            SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex';
            SET extra_float_digits = 1; SET lc_monetary = 'C'
            """;

    private static TestDatabase database;
    private static Connection connection;
    private static TypeZoo zoo;
    private static Map<String, ColumnInfo> columns;

    @BeforeAll
    static void fillTheZoo() throws SQLException {
        database = TestPostgres.shared().createDatabase();
        connection = database.connect();
        zoo = TypeZoo.create(connection);
        execute("CREATE TABLE zoo.t (id int PRIMARY KEY, " + zoo.columnDefinitions() + ")");
        for (int n = 0; n < zoo.rows(); n++) {
            execute("INSERT INTO zoo.t (id, " + zoo.columnNames() + ") VALUES (" + n + ", " + zoo.valuesOfRow(n) + ")");
        }
        columns = readColumns("zoo.t");
        execute(SESSION);
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
        database.close();
    }

    @Test
    void equalsToJsonbForEveryTypeAndValue() throws SQLException {
        // When
        var differences = new ArrayList<String>();
        for (var animal : zoo.animals()) {
            differences.addAll(differences("zoo.t", animal.column(), columns.get(animal.column())));
        }

        // Then
        assertThat(differences).isEmpty();
    }

    @Test
    void mendsTheZoneOfASessionThatIsNotInUtc() throws SQLException {
        // Given
        execute("SET TimeZone = 'Europe/Amsterdam'");

        // When
        var differences = new ArrayList<String>();
        for (var column : List.of(
                "c_timestamptz", "c_timestamptz_array", "c_tstzrange", "c_tstzrange_array", "c_tstzmultirange")) {
            var text = texts("zoo.t", column);
            execute("SET TimeZone = 'UTC'");
            var expected = strings("SELECT to_jsonb(\"" + column + "\")::text FROM zoo.t ORDER BY id");
            execute("SET TimeZone = 'Europe/Amsterdam'");
            differences.addAll(compare(column, columns.get(column), text, expected));
        }
        execute(SESSION);

        // Then
        assertThat(differences).isEmpty();
    }

    @Test
    void knowsEveryBuiltInTypeByItsOid() throws SQLException {
        // When
        var types = strings(
                "SELECT oid || ' ' || typname FROM pg_type t WHERE typtype IN ('b', 'r', 'm')"
                        + " AND oid < 10000 AND NOT EXISTS (SELECT FROM pg_type e WHERE e.oid = t.typelem AND e.typtype IN ('c', 'p'))");

        // Then
        assertThat(types).hasSizeGreaterThan(140).allSatisfy(type -> {
            var words = type.split(" ", -1);
            assertThat(PgType.builtIn(Long.parseLong(words[0])))
                    .as(type)
                    .isPresent()
                    .isEqualTo(PgType.builtIn(words[1]));
        });
    }

    @Test
    void typesSurviveTheirTextForm() {
        assertThat(columns.values())
                .allSatisfy(column ->
                        assertThat(PgType.parse(column.type().toString())).isEqualTo(column.type()));
    }

    @Test
    void equalsToJsonbForRandomArraysAndComposites() throws SQLException {
        // Given
        var seed = new Random().nextLong();
        var random = new RandomLiterals(seed);
        execute(
                "CREATE TABLE zoo.r (id int PRIMARY KEY, a text[], s zoo.spot, b zoo.spot[], n zoo.nest, j json, i int[])");
        for (int n = 0; n < 300; n++) {
            execute("INSERT INTO zoo.r VALUES (" + n + ", " + random.texts() + ", " + random.spot() + ", "
                    + random.spots() + ", " + random.nest() + ", " + random.json() + ", " + random.integers() + ")");
        }
        var types = readColumns("zoo.r");

        // When
        var differences = new ArrayList<String>();
        for (var column : List.of("a", "s", "b", "n", "j", "i")) {
            differences.addAll(differences("zoo.r", column, types.get(column)));
        }

        // Then
        assertThat(differences).as("seed " + seed).isEmpty();
    }

    @Test
    void keysAreEqualExactlyWhenPostgresSaysSo() throws SQLException {
        // When
        var compared = 0;
        var differences = new ArrayList<String>();
        for (var animal : zoo.animals()) {
            if (isOrdered(animal.column())) {
                differences.addAll(keyDifferences(animal.column()));
                compared++;
            }
        }

        // Then
        assertThat(differences).isEmpty();
        assertThat(compared).isGreaterThan(80);
    }

    private static boolean isOrdered(String column) throws SQLException {
        try {
            execute("SELECT \"" + column + "\" FROM zoo.t ORDER BY \"" + column + "\"");
            return true;
        } catch (PSQLException e) {
            if (PSQLState.UNDEFINED_FUNCTION.getState().equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private static List<String> keyDifferences(String column) throws SQLException {
        var info = columns.get(column);
        var texts = texts("zoo.t", column);
        var equal = strings("SELECT coalesce(a.\"" + column + "\" = b.\"" + column
                + "\", false)::text FROM zoo.t a, zoo.t b ORDER BY a.id, b.id");
        var differences = new ArrayList<String>();
        for (int a = 0; a < texts.size(); a++) {
            for (int b = 0; b < texts.size(); b++) {
                if (texts.get(a) != null && texts.get(b) != null) {
                    var same = key(info.type(), texts.get(a)).equals(key(info.type(), texts.get(b)));
                    if (same != equal.get(a * texts.size() + b).equals("true")) {
                        differences.add(column + ": " + texts.get(a) + " and " + texts.get(b) + " " + same);
                    }
                }
            }
        }
        return differences;
    }

    private static String key(PgType type, String text) {
        var fragment = CanonicalJson.of(type, text).getBytes(StandardCharsets.UTF_8);
        var out = new ByteSink();
        KeyCanonicalizer.of(type).append(fragment, 0, fragment.length, out);
        return out.toString();
    }

    private static List<String> differences(String table, String column, ColumnInfo info) throws SQLException {
        var text = texts(table, column);
        var expected = strings("SELECT to_jsonb(\"" + column + "\")::text FROM " + table + " ORDER BY id");
        return compare(column, info, text, expected);
    }

    /** By the types' output functions, as COPY and logical decoding print; a cast to text differs for char(n), inet and xml. */
    private static List<String> texts(String table, String column) throws SQLException {
        return strings("SELECT CASE WHEN num_nonnulls(\"" + column + "\") = 1 THEN format('%s', \"" + column
                + "\") END FROM " + table + " ORDER BY id");
    }

    private static List<String> compare(String column, ColumnInfo info, List<String> text, List<String> expected) {
        var differences = new ArrayList<String>();
        for (int n = 0; n < text.size(); n++) {
            if (text.get(n) == null) {
                continue;
            }
            String actual;
            try {
                actual = CanonicalJson.of(info.type(), text.get(n));
            } catch (MalformedValueException e) {
                actual = "\"" + e.getMessage() + "\"";
            }
            if (!JsonEquality.exact().equal(actual, expected.get(n)) || actual.contains("\n")) {
                differences.add(column + " " + info.type() + " of " + text.get(n) + ": " + actual + " but to_jsonb "
                        + expected.get(n));
            }
        }
        return differences;
    }

    private static Map<String, ColumnInfo> readColumns(String table) throws SQLException {
        var oid = Long.parseLong(
                strings("SELECT '" + table + "'::regclass::oid::text").get(0));
        var columns = new java.util.HashMap<String, ColumnInfo>();
        for (var column : new PgTypeReader(connection).columns(List.of(oid)).get(oid)) {
            columns.put(column.name(), column);
        }
        return columns;
    }

    private static void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> strings(String sql) throws SQLException {
        var strings = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                var bytes = rows.getBytes(1);
                strings.add(bytes == null ? null : new String(bytes, StandardCharsets.UTF_8));
            }
        }
        return strings;
    }
}
