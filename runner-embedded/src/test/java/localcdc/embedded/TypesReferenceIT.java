package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import localcdc.common.cli.LeftOut;
import localcdc.core.event.TableId;
import localcdc.core.value.JsonEquality;
import localcdc.core.value.PgTypeReader;
import localcdc.core.value.TypeZoo;
import localcdc.embedded.server.Engine;
import localcdc.embedded.server.TablePattern;
import localcdc.embedded.server.TableSelection;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Runs every type with its hard values through snapshot and stream and writes down what came of it:
 * {@code docs/reference/types.md}. {@code -Dregenerate=true} writes the page anew.
 */
class TypesReferenceIT {

    private static final Path PAGE = Path.of("..", "docs", "reference", "types.md");
    private static final String PAGE_IS_OF_VERSION = "18";
    private static final int STREAMED = 1000;
    private static final int STREAMED_DIRECT = 2000;

    /** Values that Debezium or its driver alters before anybody else sees them; the page tells of each. */
    private static final Map<String, String> LOST_IN_THE_STREAM = Map.of(
            "infinity (interval)", "`infinity` and `-infinity` (PostgreSQL 17) arrive as `00:00:00`",
            "hours (interval)", "more than 2147483647 hours end the stream, with exit code 3");

    private static TestDatabase database;
    private static Connection connection;
    private static TypeZoo zoo;

    @BeforeAll
    static void openTheZoo() throws SQLException {
        database = TestPostgres.shared().createDatabase();
        connection = database.connect();
        zoo = TypeZoo.create(connection);
        for (var setting : List.of(
                "DateStyle = 'SQL, DMY'",
                "IntervalStyle = 'iso_8601'",
                "bytea_output = 'escape'",
                "extra_float_digits = -3",
                "TimeZone = 'America/New_York'")) {
            execute("ALTER DATABASE \"" + database.name() + "\" SET " + setting);
        }
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
        database.close();
    }

    /** One type's table and what the page says of it. */
    private record Line(TypeZoo.Animal animal, TableId table, String refused, String refusedDirect) {}

    @Test
    void pageSaysWhatBecomesOfEveryType() throws Exception {
        var lines = createTables();
        var captured = lines.stream().filter(line -> line.refused == null).toList();
        var direct = lines.stream().filter(line -> line.refusedDirect == null).toList();
        assertThat(direct).containsAll(captured);
        direct.forEach(line -> insert(line, 0));

        assertStreamed(Engine.DEBEZIUM, captured, STREAMED);
        assertStreamed(Engine.DIRECT, direct, STREAMED_DIRECT);

        if (!database.query("SHOW server_version").get(0).startsWith(PAGE_IS_OF_VERSION)) {
            System.err.println("SKIPPED: comparing docs/reference/types.md, which lists the types of PostgreSQL "
                    + PAGE_IS_OF_VERSION + "; the types themselves were compared");
            return;
        }
        String page = page(lines);
        if (Boolean.getBoolean("regenerate")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).as("-Dregenerate=true writes it anew").hasContent(page);
    }

    private static void assertStreamed(Engine engine, List<Line> lines, int firstId) throws Exception {
        try (var path = RunningPath.start(RunningPath.of(engine, RunningPath.settings(database), patterns(lines)))) {
            lines.forEach(line -> insert(line, firstId));
            path.catchUp();

            var differences = new ArrayList<String>();
            lines.forEach(line -> compare(path, line, differences));
            assertThat(differences).as(engine.toString()).isEmpty();
        }
    }

    private static List<Line> createTables() throws SQLException {
        execute("CREATE SCHEMA types");
        var lines = new ArrayList<Line>();
        for (var animal : zoo.animals()) {
            var table = new TableId("types", "t" + lines.size());
            execute("CREATE TABLE " + table.quoted() + " (id int PRIMARY KEY, v " + animal.type() + ")");
            lines.add(new Line(animal, table, refused(table, Engine.DEBEZIUM), refused(table, Engine.DIRECT)));
        }
        return lines;
    }

    private static String refused(TableId table, Engine engine) throws SQLException {
        var selection = TableSelection.resolve(
                connection, List.of(TablePattern.parse(table.toString())), List.<LeftOut>of(), engine);
        return selection.errors().isEmpty() ? null : selection.errors().get(0).found();
    }

    private static String[] patterns(List<Line> lines) {
        return lines.stream().map(line -> line.table.toString()).toArray(String[]::new);
    }

    private static void insert(Line line, int firstId) {
        int id = firstId;
        for (String value : line.animal.values()) {
            id++;
            if (firstId == STREAMED && lostInTheStream(line.animal, value)) {
                continue;
            }
            execute("INSERT INTO " + line.table.quoted() + " VALUES (" + id + ", '" + value.replace("'", "''") + "'::"
                    + line.animal.type() + ")");
        }
        execute("INSERT INTO " + line.table.quoted() + " VALUES (" + firstId + ", NULL)");
    }

    private static boolean lostInTheStream(TypeZoo.Animal animal, String value) {
        return switch (animal.type()) {
            case "interval" -> value.contains("infinity") || value.contains("2562047788");
            case "timestamp" -> value.equals("294247-01-10 04:00:25.2");
            default -> false;
        };
    }

    private static void compare(RunningPath path, Line line, List<String> differences) {
        try {
            var found = path.rows(line.table.toString());
            var expected = canonical(line.table);
            var equality = equality(line.table);
            expected.forEach((key, row) -> {
                String mine = found.remove(key);
                if (mine == null || !equality.equal(row, mine)) {
                    differences.add(line.animal.type() + " " + key + ": Postgres " + row + ", the map " + mine);
                }
            });
            found.forEach((key, row) -> differences.add(line.animal.type() + " " + key + ": only the map has " + row));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, String> canonical(TableId table) throws SQLException {
        return canonical("SELECT id, to_jsonb(t)::text FROM " + table.quoted() + " t");
    }

    private static Map<String, String> canonical(String query) throws SQLException {
        var rows = new LinkedHashMap<String, String>();
        try (var session = RunningPath.settings(database).open("test");
                var statement = session.createStatement();
                var result = statement.executeQuery(query)) {
            while (result.next()) {
                rows.put("{\"id\":" + result.getInt(1) + "}", result.getString(2));
            }
        } catch (localcdc.core.source.SourceException e) {
            throw new SQLException(e);
        }
        return rows;
    }

    private static JsonEquality equality(TableId table) throws SQLException {
        long oid = Long.parseLong(database.query("SELECT '" + table.quoted() + "'::regclass::oid::text")
                .get(0));
        var column = new PgTypeReader(connection).columns(List.of(oid)).get(oid).get(1);
        return JsonEquality.ofColumns(Map.of("v", JsonEquality.ruleFor(column.type())));
    }

    private String page(List<Line> lines) throws SQLException {
        var out = new StringBuilder("""
                # Types

                What becomes of every type on its way into the map. An entry's `row` equals what Postgres prints for that row with
                `SELECT to_jsonb(t)` in a session with `TimeZone=UTC, DateStyle=ISO, IntervalStyle=postgres, bytea_output=hex,
                extra_float_digits=1, lc_monetary=C`, whatever the server is set to. Numbers are compared by their numeric value without
                rounding, `real` and `double precision` by their IEEE value, objects regardless of their keys' order.

                This page is written by `TypesReferenceIT`, which runs each type with its hard values (infinities, extremes, years before
                Christ, empty, NULL inside, several dimensions, quotes) through snapshot and stream and compares them with `to_jsonb`.

                | type | an example, as the map has it | snapshot | stream | stream, `--engine direct` |
                | --- | --- | --- | --- | --- |
                """);
        for (var line : lines) {
            String direct = line.refusedDirect == null ? "equal" : "refused";
            String stream = line.refused == null ? stream(line.animal) : "refused";
            String snapshot = line.refused == null || line.refusedDirect != null ? direct : "equal (direct)";
            String example = line.refusedDirect == null ? example(line) : "";
            out.append("| `").append(line.animal.type()).append("` | ").append(example);
            out.append(" | ").append(snapshot).append(" | ").append(stream);
            out.append(" | ").append(direct).append(" |\n");
        }
        out.append("""

                ## What cannot be carried
                Refused at the start, and by `doctor`, by name; `--leave-out TABLE.COLUMN` leaves a column out:
                - `timetz`, also inside arrays, domains and composites: Debezium loses its zone. `--engine direct` carries it.
                - Generated columns that the server does not send: before PostgreSQL 18 all of them, from 18 on the virtual ones.
                - A type with a cast to `json` of its own (but `hstore`): `to_jsonb` calls that cast, which nobody but the server can.
                - A double quote in a table's or schema's name, and columns whose names differ only by case: they end Debezium's stream.
                  `--engine direct` carries them.

                Values that Debezium or its driver alters before this project sees them, which `verify` finds; `--engine direct` carries
                them:
                """);
        LOST_IN_THE_STREAM.values().stream()
                .sorted()
                .forEach(lost -> out.append("- `interval`: ").append(lost).append(".\n"));
        out.append("- `timestamp`: `294247-01-10 04:00:25.2` arrives as the value that stands for `infinity`.\n");
        out.append("""

                With every engine, a name that a value prints (`regclass` and its kin) changes when the object is renamed, without an
                event.

                ## On the Kafka path
                The same values, to the letter: a test runs every type through both paths. One type more cannot be carried there:
                `refcursor`, since the driver opens the cursor when Debezium reads its snapshot. A date from 1582-10-05 to 1582-10-24
                that Debezium's snapshot reads is ambiguous and is read again from the table.

                Topics that stock Debezium has written are read too, with what is left in them:
                - A number, a date, a time and a text in quotes are all strings or numbers of JSON: they are kept as they stand there.
                  `numeric` in `precise` mode is base64 whose scale is lost, dates are days and times microseconds.
                - A NULL in a column with a DEFAULT may have become the default (`replace.null.with.default`).
                - Without our transform a key's type is guessed from its JSON: `citext` and `char(n)` keys compare by their bytes.
                - A text that reads `__debezium_unavailable_value` cannot be told from a value that the log did not carry.
                - A compacted topic has no truncates, and a deletion that compaction has reduced to its tombstone does not say its place.

                ## Keys
                Two keys are the same entry when Postgres calls them equal: `1.0` and `1.00`, `citext` in any case, `char(n)` with any
                padding, `interval '1 day'` and `'24:00:00'`, `-0` and `0`.
                """);
        return out.toString();
    }

    private static String stream(TypeZoo.Animal animal) {
        return animal.type().equals("interval") ? "equal, but for two values (below)" : "equal";
    }

    /** The shortest value that is more than a zero or an empty text. */
    private static String example(Line line) throws SQLException {
        return canonical("SELECT id, to_jsonb(v)::text FROM " + line.table.quoted() + " WHERE v IS NOT NULL")
                .values()
                .stream()
                .filter(value -> value.length() > 3)
                .filter(value -> value.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != '|' && c != '`'))
                .min(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
                .map(value -> value.length() > 60 ? value.substring(0, 57) + "..." : value)
                .map(value -> "`" + value + "`")
                .orElse("");
    }

    private static void execute(String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }
}
