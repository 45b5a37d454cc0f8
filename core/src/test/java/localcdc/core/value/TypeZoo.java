package localcdc.core.value;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A table with a column of every type and, row by row, the values of those types that software gets wrong. Row n holds each type's n-th
 * value, and NULL where a type has no more.
 */
public final class TypeZoo {

    private static final int CURRENT = 18;

    /** One column of the zoo; the values are what the type's input accepts, none of them NULL. */
    public record Animal(String column, String type, List<String> values) {}

    private final List<Animal> animals;

    private TypeZoo(List<Animal> animals) {
        this.animals = animals;
    }

    /** Creates the types the zoo needs, in schema {@code zoo}, and leaves out what this server does not have. */
    public static TypeZoo create(Connection connection) throws SQLException {
        var version = connection.getMetaData().getDatabaseMajorVersion();
        try (var statement = connection.createStatement()) {
            statement.execute("""
                    CREATE SCHEMA zoo;
                    CREATE TYPE zoo.mood AS ENUM ('sad', 'it''s "ok"', 'ha,ppy', 'NULL', '');
                    CREATE DOMAIN zoo.posint AS int CHECK (value > 0);
                    CREATE DOMAIN zoo.nested_domain AS zoo.posint;
                    CREATE DOMAIN zoo.int_list AS int[];
                    CREATE DOMAIN zoo.price AS numeric(12,2);
                    CREATE TYPE zoo.spot AS (x int, "a ""b"",c" text, at timestamptz, flag bool, n numeric, f real, d date);
                    CREATE TYPE zoo.nest AS (id int8, place zoo.spot, marks int[], more zoo.spot[], doc jsonb, many zoo.int_list[]);
                    CREATE TYPE zoo.one AS (v text);
                    CREATE DOMAIN zoo.spot_domain AS zoo.spot;
                    CREATE TYPE zoo.floatrange AS RANGE (subtype = float8);
                    CREATE TYPE zoo.wallrange AS RANGE (subtype = timestamptz);
                    """);
        }
        var extensions = new ArrayList<String>();
        for (var extension : List.of("hstore", "citext", "ltree", "cube", "isn", "seg")) {
            if (available(connection, extension)) {
                extensions.add(extension);
            }
        }
        var animals = new LinkedHashMap<String, List<String>>();
        addNumbers(animals);
        addTexts(animals);
        addTimes(animals, version);
        addStructures(animals);
        addOthers(animals);
        if (version < CURRENT) {
            animals.remove("pg_mcv_list");
        }
        for (var extension : extensions) {
            addExtension(animals, extension);
        }
        return new TypeZoo(animals.entrySet().stream()
                .map(type -> new Animal(columnName(type.getKey()), type.getKey(), type.getValue()))
                .toList());
    }

    public List<Animal> animals() {
        return animals;
    }

    public int rows() {
        return animals.stream().mapToInt(animal -> animal.values().size()).max().orElseThrow() + 1;
    }

    /** The columns of a CREATE TABLE, without a key. */
    public String columnDefinitions() {
        return animals.stream()
                .map(animal -> "\"" + animal.column() + "\" " + animal.type())
                .collect(Collectors.joining(", "));
    }

    /** The column list of an INSERT. */
    public String columnNames() {
        return animals.stream().map(animal -> "\"" + animal.column() + "\"").collect(Collectors.joining(", "));
    }

    /** Row {@code n} as expressions for VALUES. */
    public String valuesOfRow(int n) {
        return animals.stream().map(animal -> literal(animal, n)).collect(Collectors.joining(", "));
    }

    private static String literal(Animal animal, int n) {
        return n < animal.values().size()
                ? "'" + animal.values().get(n).replace("'", "''") + "'::" + animal.type()
                : "NULL";
    }

    private static boolean available(Connection connection, String extension) throws SQLException {
        try (var statement = connection.createStatement()) {
            try (var rows =
                    statement.executeQuery("SELECT 1 FROM pg_available_extensions WHERE name = '" + extension + "'")) {
                if (!rows.next()) {
                    return false;
                }
            }
            statement.execute("CREATE EXTENSION IF NOT EXISTS " + extension);
            return true;
        }
    }

    private static String columnName(String type) {
        return "c_" + type.replace("\"", "q").replace("[]", "_array").replaceAll("[^a-z0-9]+", "_");
    }

    private static void addNumbers(Map<String, List<String>> to) {
        to.put("smallint", List.of("0", "-32768", "32767"));
        to.put("int", List.of("0", "-2147483648", "2147483647"));
        to.put("bigint", List.of("0", "-9223372036854775808", "9223372036854775807"));
        to.put(
                "numeric",
                List.of(
                        "0",
                        "0.00",
                        "-0.0",
                        "1.50",
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "1e300",
                        "1e-300",
                        "123456789012345678901234567890.123456789",
                        "-1e-40"));
        to.put("numeric(12,2)", List.of("0", "-1234567890.12", "NaN", "0.05"));
        to.put("numeric(5,-2)", List.of("12345", "-99949"));
        to.put(
                "real",
                List.of(
                        "0",
                        "-0",
                        "1.5",
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "1e-45",
                        "3.4028235e38",
                        "0.1",
                        "16777216",
                        "1.17549435e-38",
                        "1e20",
                        "7.038531e-26",
                        "33554432",
                        "1e-40",
                        "8.5899346e9"));
        to.put(
                "double precision",
                List.of(
                        "0",
                        "-0",
                        "0.1",
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "5e-324",
                        "1.7976931348623157e308",
                        "1e23",
                        "2e-323",
                        "9007199254740993",
                        "5.684341886080802e-14",
                        "2.2250738585072014e-308",
                        "1e15",
                        "123456789012345680",
                        "0.0001",
                        "1e-5",
                        "2e-3"));
        to.put("money", List.of("0", "-1234567.89", "92233720368547758.07", "-92233720368547758.08", "0.05", "-0.05"));
        to.put("zoo.posint", List.of("1", "2147483647"));
        to.put("zoo.nested_domain", List.of("7"));
        to.put("zoo.price", List.of("0", "1.5", "NaN"));
        to.put("smallint[]", List.of("{1,NULL,-3}", "{}", "[0:1]={7,8}"));
        to.put("int[]", List.of("{}", "{NULL}", "{{1,2},{3,NULL}}", "[-1:0][2:3]={{1,2},{3,4}}", "{{{1}},{{2}}}"));
        to.put("bigint[]", List.of("{-9223372036854775808,9223372036854775807}", "[5:5]={NULL}"));
        to.put("numeric[]", List.of("{NaN,Infinity,-Infinity,1.50,NULL}", "{{1e30,0.00},{-1,2}}", "{}"));
        to.put("numeric(6,2)[]", List.of("{1.5,NULL,NaN}"));
        to.put("real[]", List.of("{NaN,-0,Infinity,1e-45,NULL}", "{{0.1},{3.4028235e38}}"));
        to.put("double precision[]", List.of("{NaN,-0,-Infinity,5e-324,NULL}", "{0.1}"));
        to.put("money[]", List.of("{1.5,-2,NULL,\"1,234.00\"}", "{{1},{2}}"));
        to.put("zoo.int_list", List.of("{1,2}", "{}"));
        to.put("zoo.int_list[]", List.of("{\"{1,2}\",\"{}\",NULL}", "{\"[0:0]={9}\"}"));
        to.put("zoo.posint[]", List.of("{1,NULL}"));
        to.put("int2vector", List.of("1 2 3", "", "-5"));
        to.put("oidvector", List.of("1 4294967295", ""));
        to.put("int2vector[]", List.of("{\"1 2\",\"3\"}"));
        to.put("oidvector[]", List.of("{\"1 2\",NULL}"));
    }

    private static void addTexts(Map<String, List<String>> to) {
        var hard = List.of(
                "",
                " ",
                "NULL",
                "null",
                "a\"b",
                "back\\slash",
                "tab\tline\nreturn\rform\fback\bbell\u0007\u001f\u007f",
                "\u00e4\u00f6\u20ac\ud83d\ude00\u2028\u2029\ufeff\u0000".replace("\u0000", ""),
                "__debezium_unavailable_value",
                "{curly,\"braces\"}",
                "(a,\"\"b\"\")",
                "1.50",
                "true",
                "\uffff\ud800\udc00\udbff\udfff",
                " lead and trail ",
                "'quotes'");
        to.put("text", hard);
        to.put("varchar", hard);
        to.put("varchar(20)", List.of("", "x", "exactly twenty char!"));
        to.put("char(5)", List.of("", "ab", "abcde", "a\"b"));
        to.put("char", List.of("x", " "));
        to.put("\"char\"", List.of("x", "", "\"", "\\200"));
        to.put("name", List.of("x", "", "with \"quote\""));
        to.put("zoo.mood", List.of("sad", "it's \"ok\"", "ha,ppy", "NULL", ""));
        to.put("zoo.mood[]", List.of("{sad,\"it's \\\"ok\\\"\",\"ha,ppy\",\"NULL\",\"\",NULL}", "{}"));
        to.put(
                "text[]",
                List.of(
                        "{}",
                        "{NULL,\"NULL\",\"\",a,\"b c\",\"q\\\"q\",\"back\\\\slash\",\"com,ma\",\"{}\"}",
                        "{{a,b},{\"new\nline\",\"\u00e4\ud83d\ude00\"}}",
                        "[2:3]={x,y}",
                        "{null1,nUll2,\"null\"}"));
        to.put("varchar[]", List.of("{a,NULL}", "{\"\"}"));
        to.put("char(3)[]", List.of("{a,NULL}", "{abc}"));
        to.put("\"char\"[]", List.of("{a,\"\"}"));
        to.put("name[]", List.of("{a,\"b c\"}"));
        to.put("bytea", List.of("", "\\x00ff", "\\xdeadbeef", "\\x5c22", "\\x" + "00".repeat(300)));
        to.put("bytea[]", List.of("{\"\\\\x00ff\",NULL,\"\\\\x\"}"));
        to.put("uuid", List.of("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000000"));
        to.put("uuid[]", List.of("{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,NULL}"));
        to.put("xml", List.of("<a>b &amp; \"c\"</a>", "<?xml version=\"1.0\"?><r/>", "text", "<a>\n\u00e4</a>"));
        to.put("xml[]", List.of("{\"<a b=\\\"c\\\"/>\",NULL}"));
        to.put("boolean", List.of("t", "f"));
        to.put("boolean[]", List.of("{t,f,NULL}", "{{t},{f}}"));
    }

    private static void addTimes(Map<String, List<String>> to, int version) {
        to.put(
                "date",
                List.of(
                        "2000-01-02",
                        "infinity",
                        "-infinity",
                        "0044-03-15 BC",
                        "20000-12-31",
                        "4713-01-01 BC",
                        "5874897-12-31",
                        "1582-10-04",
                        "1582-10-05",
                        "1582-10-14",
                        "1582-10-15",
                        "0001-01-01",
                        "0001-12-31 BC",
                        "1900-02-28",
                        "4713-11-24 BC"));
        to.put(
                "time",
                List.of("00:00:00", "24:00:00", "12:34:56.789012", "23:59:59.999999", "00:00:00.000001", "12:30:00"));
        to.put("time(0)", List.of("12:34:56", "24:00:00"));
        to.put("timetz", List.of("12:00:00.5+05:30", "24:00:00-12", "00:00:00+00", "12:34:56.789012-15:59:59"));
        var stamps = List.of(
                "2024-03-31 00:31:00.123456",
                "infinity",
                "-infinity",
                "0044-03-15 01:02:03.5 BC",
                "20000-01-01 00:00:00",
                "294276-12-31 23:59:59.999999",
                "294247-01-10 04:00:25.2",
                "4713-11-24 00:00:00 BC",
                "1582-10-10 12:00:00",
                "0001-01-01 00:00:00",
                "1900-01-01 00:00:00.1",
                "1969-12-31 23:59:59.999999",
                "1883-11-18 12:00:00",
                "0001-12-31 23:59:59.999999 BC");
        to.put("timestamp", stamps);
        to.put("timestamp(0)", List.of("2024-03-31 02:30:00"));
        to.put("timestamp(3)", List.of("2024-03-31 02:30:00.12"));
        to.put(
                "timestamptz",
                stamps.stream()
                        .map(stamp -> stamp + (stamp.endsWith("y") ? "" : "+00"))
                        .map(TypeZoo::eraLast)
                        .toList());
        to.put("timestamptz(0)", List.of("2024-03-31 02:30:00+02"));
        to.put(
                "date[]",
                List.of("{infinity,-infinity,\"0044-03-15 BC\",20000-12-31,1582-10-10,NULL}", "{{2000-01-01}}"));
        to.put("time[]", List.of("{12:34:56.789012,24:00:00,NULL}"));
        to.put("timetz[]", List.of("{12:00:00.5+05:30,NULL}"));
        to.put("timestamp[]", List.of("{\"2024-03-31 00:31:00.123456\",infinity,\"0044-03-15 01:02:03.5 BC\",NULL}"));
        to.put(
                "timestamptz[]",
                List.of("{\"2024-03-31 00:31:00.123456+02\",infinity,\"0044-03-15 01:02:03.5+00 BC\",NULL}"));
        var intervals = new ArrayList<>(List.of(
                "0",
                "1 year 2 mons 3 days 04:05:06.000007",
                "-1 year -2 mons +3 days -04:05:06.5",
                "1 day",
                "24:00:00",
                "-00:00:00.000001",
                "-178000000 years -11 mons -2147483648 days",
                "178000000 years",
                "2562047788:00:54.775807",
                "-2562047788:00:54.775807",
                "1 mon -1 day",
                "14 mons",
                "-1 mons 1 day 00:00:01",
                "00:00:59.999999"));
        if (version > 16) {
            intervals.addAll(List.of("infinity", "-infinity"));
        }
        to.put("interval", intervals);
        to.put("interval day to second", List.of("3 days 04:05:06.5"));
        to.put("interval[]", List.of("{\"1 year 2 days\",-04:05:06,NULL}"));
    }

    private static String eraLast(String stamp) {
        return stamp.endsWith(" BC+00") ? stamp.replace(" BC+00", "+00 BC") : stamp;
    }

    private static void addStructures(Map<String, List<String>> to) {
        var documents = List.of(
                "{}",
                "[]",
                "null",
                "\"\"",
                "true",
                "0",
                "-0",
                "1e400",
                "2.50",
                "{\"b\":1,\"a\":{\"x\":[1,2,{\"y\":null}]}}",
                "{\"k\\\"q\":\"v\\n\\u00e4\\ud83d\\ude00\"}",
                " { \"a\" : [ 1 , 2 ] } ",
                "[1E5,1.0e-7,123456789012345678901234567890]",
                "\"__debezium_unavailable_value\"",
                "[".repeat(300) + "]".repeat(300));
        to.put("jsonb", documents);
        var texts = new ArrayList<>(documents);
        texts.addAll(List.of(
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\n\t\"b\":{\"x\":1,\"\\u0078\":[2]},\"a\":\"last\"}",
                "\n[1,\r\n2]\n",
                "1E2",
                "\"\\/\""));
        to.put("json", texts);
        to.put("jsonb[]", List.of("{\"{\\\"a\\\": [1, 2.50]}\",NULL,\"null\",\"\\\"x\\\"\"}"));
        to.put("json[]", List.of("{\"{\\\"a\\\":1,\\\"a\\\":2}\",NULL}"));
        to.put("jsonpath", List.of("$.a[*]", "$.\"a b\" ? (@ > 1)"));
        to.put(
                "zoo.spot",
                List.of(
                        "(1,\"a \"\"b\"\" \\\\ ,(c)\",\"2024-01-01 00:00:00+00\",t,1.50,-0,infinity)",
                        "(,,,,,,)",
                        "(2,\"\",infinity,f,NaN,NaN,\"0044-03-15 BC\")"));
        to.put("zoo.spot[]", List.of("{\"(1,\\\"a,b\\\",,t,Infinity,0.1,2000-01-01)\",NULL,\"(,,,,,,)\"}", "{}"));
        to.put("zoo.spot_domain", List.of("(1,x,,,,,)"));
        to.put(
                "zoo.nest",
                List.of(
                        "(7,\"(1,\"\"a b\"\",,,,,)\",\"{1,NULL}\",\"{\"\"(1,x,,,,,)\"\",NULL}\",\"{\"\"a\"\": 1.50}\",\"{\"\"{1,2}\"\",NULL}\")",
                        "(,,,,,)",
                        "(,,\"[0:0]={1}\",{},null,)"));
        to.put("zoo.one", List.of("()", "(\"\")", "(a)"));
        to.put("int4range", List.of("[1,10)", "empty", "(,)", "[5,)"));
        to.put("int8range", List.of("[1,10)"));
        to.put("numrange", List.of("[1.50,2.00)", "(,1e40]", "[NaN,NaN]", "empty"));
        to.put("daterange", List.of("[2000-01-01,2000-02-01)", "[-infinity,infinity]", "[\"0044-03-15 BC\",)"));
        to.put("tsrange", List.of("[\"2000-01-01 00:00:00\",infinity)"));
        to.put(
                "tstzrange",
                List.of(
                        "[\"2000-01-01 00:00:00+00\",\"2000-07-01 00:00:00.5+00\"]",
                        "[-infinity,\"0044-03-15 01:02:03+00 BC\")",
                        "empty",
                        "(,)"));
        to.put("int4range[]", List.of("{\"[1,10)\",NULL,empty}"));
        to.put("tstzrange[]", List.of("{\"[\\\"2000-01-01 00:00:00+00\\\",)\",NULL}"));
        to.put("int4multirange", List.of("{[1,3),[5,9)}", "{}"));
        to.put("int8multirange", List.of("{[1,3)}"));
        to.put("nummultirange", List.of("{[1.5,2.0),(3,)}"));
        to.put("datemultirange", List.of("{[2000-01-01,2000-02-01)}"));
        to.put("tsmultirange", List.of("{[\"2000-01-01 00:00:00\",infinity)}"));
        to.put(
                "tstzmultirange",
                List.of("{[\"2000-01-01 00:00:00+00\",\"2000-07-01 00:00:00+00\"],[\"2001-01-01 00:00:00+00\",)}"));
        to.put("zoo.floatrange", List.of("[-0,1e20)", "[NaN,NaN]"));
        to.put("zoo.wallrange", List.of("[\"2000-07-01 00:00:00+00\",)"));
    }

    private static void addOthers(Map<String, List<String>> to) {
        to.put("bit", List.of("0", "1"));
        to.put("bit(5)", List.of("10101", "00000"));
        to.put("bit(64)", List.of("1" + "0".repeat(63)));
        to.put("varbit", List.of("", "0011", "00000000", "1".repeat(70)));
        to.put("bit(3)[]", List.of("{101,NULL}"));
        to.put("varbit[]", List.of("{0011,\"\",NULL}"));
        to.put("inet", List.of("10.1.2.3", "10.0.0.0/8", "::1", "2001:db8::/32"));
        to.put("cidr", List.of("10.0.0.0/8", "2001:db8::/32"));
        to.put("macaddr", List.of("08:00:2b:01:02:03"));
        to.put("macaddr8", List.of("08:00:2b:01:02:03:04:05"));
        to.put("inet[]", List.of("{10.1.2.3,NULL}"));
        to.put("macaddr[]", List.of("{08:00:2b:01:02:03}"));
        to.put("point", List.of("(1e-07,1e+20)", "(NaN,-Infinity)", "(-0,0.1)", "(1,2)", "(123456789.123,1e15)"));
        to.put("line", List.of("{1,-1,0}", "{0.1,1e20,-3}"));
        to.put("lseg", List.of("[(1,2),(3,4.5)]"));
        to.put("box", List.of("(2,3),(0,1)", "(1e20,0.1),(-1,-Infinity)"));
        to.put("path", List.of("[(0,0),(1,1)]", "((0,0),(1,1.5),(2,0))"));
        to.put("polygon", List.of("((0,0),(1,1),(2,0))"));
        to.put("circle", List.of("<(1,2),3.5>"));
        to.put("box[]", List.of("{(2,3),(0,1);(1,1),(0,0)}", "{}", "{NULL}"));
        to.put("point[]", List.of("{\"(1,2)\",NULL}"));
        to.put("polygon[]", List.of("{\"((0,0),(1,1),(2,0))\"}"));
        to.put("tsvector", List.of("'a':1A 'b c':2", ""));
        to.put("tsquery", List.of("'a' & !'b'"));
        to.put("pg_lsn", List.of("0/1A2B3C4", "FFFFFFFF/FFFFFFFF"));
        to.put("oid", List.of("0", "4294967295"));
        to.put("oid[]", List.of("{1,4294967295,NULL}"));
        to.put("xid", List.of("12345"));
        to.put("xid8", List.of("18446744073709551615"));
        to.put("cid", List.of("7"));
        to.put("tid", List.of("(0,1)"));
        to.put("pg_snapshot", List.of("10:20:10,14,15"));
        to.put("txid_snapshot", List.of("10:20:10,14,15"));
        to.put("regclass", List.of("pg_class", "0"));
        to.put("regtype", List.of("int4", "text[]"));
        to.put("regproc", List.of("now"));
        to.put("regprocedure", List.of("abs(int)"));
        to.put("regoper", List.of("#-"));
        to.put("regoperator", List.of("+(int,int)"));
        to.put("regnamespace", List.of("pg_catalog"));
        to.put("regrole", List.of("pg_monitor"));
        to.put("regconfig", List.of("english"));
        to.put("regdictionary", List.of("simple"));
        to.put("regcollation", List.of("\"C\""));
        to.put("regtype[]", List.of("{integer,\"text[]\"}"));
        to.put("refcursor", List.of("cur \"x\""));
        to.put("aclitem", List.of("=r/" + "pg_monitor"));
        to.put("aclitem[]", List.of("{=r/pg_monitor}"));
    }

    private static void addExtension(Map<String, List<String>> to, String extension) {
        switch (extension) {
            case "hstore" -> {
                to.put(
                        "hstore",
                        List.of("", "a=>1,b=>NULL,\"q\\\"k\"=>\"v\\\\ \\n\",\"NULL\"=>\"NULL\",\"x=>y\"=>\", \""));
                to.put("hstore[]", List.of("{\"a=>1\",NULL,\"\\\"k\\\\\\\"q\\\"=>NULL\"}"));
            }
            case "citext" -> {
                to.put("citext", List.of("MiXed \u00c4", ""));
                to.put("citext[]", List.of("{\"A b\",NULL}"));
            }
            case "ltree" -> {
                to.put("ltree", List.of("Top.Science", ""));
                to.put("lquery", List.of("Top.*{1,2}"));
                to.put("ltree[]", List.of("{a.b,NULL}"));
            }
            case "cube" -> to.put("cube", List.of("(1,2),(3,4)", "(1.5)"));
            case "isn" -> {
                to.put("isbn", List.of("978-0-393-04002-9"));
                to.put("isbn13", List.of("978-0-393-04002-9"));
                to.put("issn", List.of("1436-4522"));
            }
            case "seg" -> to.put("seg", List.of("1.50 .. 2", "~6.5"));
            default -> throw new IllegalArgumentException(extension);
        }
    }
}
