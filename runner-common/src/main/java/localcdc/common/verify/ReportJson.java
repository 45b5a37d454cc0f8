package localcdc.common.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import localcdc.core.event.TableId;
import localcdc.core.verify.JsonFields;
import localcdc.core.verify.Mismatch;
import localcdc.core.verify.TableReport;
import localcdc.core.verify.VerifyReport;

/** Writes and reads what the command {@code verify} tells a runner. Rows keep their text. */
public final class ReportJson {

    /** The longest that is read. */
    public static final int BYTES = 4 << 20;

    /** A value of which more than four hundred characters would be shown is a text. */
    private static final int DEEPEST = 500;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(BYTES)
                            .maxNestingDepth(DEEPEST)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    /** So few digits that sums of them, and JavaScript, keep them exactly. */
    private static final Pattern COUNT = Pattern.compile("\\d{1,12}");

    private static final Pattern SECONDS = Pattern.compile("\\d{1,7}(\\.\\d{1,9})?");

    private ReportJson() {}

    /** A comparison's report, and how long the comparison took. */
    public record Told(VerifyReport report, Duration took) {}

    /** The object {@code {"seconds":N,"report":{...}}}; without the rows that differ where they make it too long. */
    static String write(Told told) {
        var report = told.report();
        var text = write(report, told.took());
        return text.getBytes(StandardCharsets.UTF_8).length <= BYTES
                ? text
                : write(
                        new VerifyReport(report.tables(), report.leftOutTables(), List.of(), report.reason()),
                        told.took());
    }

    private static String write(VerifyReport report, Duration took) {
        return "{\"seconds\":" + took.toMillis() / 1000.0 + ",\"report\":" + report.toJson() + "}";
    }

    /**
     * Reads that object. What the report comes to is found again from its tables.
     *
     * @throws IllegalArgumentException with a sentence, when it is another object or none
     */
    public static Told read(byte[] body) {
        var text = new String(body, StandardCharsets.UTF_8);
        var told = object(checked(text), "It");
        var report = object(told.get("report"), "report");
        var mismatches = list(report, "mismatches", ReportJson::mismatch);
        var read = new VerifyReport(
                list(report, "tables", ReportJson::table),
                list(report, "leftOutTables", table -> table(table, "leftOutTables")),
                mismatches,
                report.containsKey("reason") ? text(report.get("reason"), "reason") : "");
        boolean differs = read.verdict() == VerifyReport.Verdict.DIFFERENT;
        if (mismatches.size() > VerifyReport.MISMATCHES_SHOWN || (!differs && !mismatches.isEmpty())) {
            throw new IllegalArgumentException("mismatches must be some of the rows that the tables count, and "
                    + VerifyReport.MISMATCHES_SHOWN + " at most.");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(read.toJson())) {
            throw new IllegalArgumentException("It has half a character.");
        }
        return new Told(read, seconds(told.get("seconds")));
    }

    /** JSON to its end, and not nested without end. */
    private static String checked(String text) {
        try {
            JSON.readTree(text);
            return text;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("It is not JSON.", e);
        }
    }

    private static Duration seconds(String text) {
        if (text == null || !SECONDS.matcher(text).matches()) {
            throw new IllegalArgumentException("seconds must be a number of them.");
        }
        return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000));
    }

    private static TableReport table(String text) {
        var table = object(text, "tables");
        return new TableReport(
                table(table.get("table"), "table"),
                count(table, "rowsCompared"),
                count(table, "missing"),
                count(table, "unexpected"),
                count(table, "different"),
                count(table, "inFlight"),
                list(table, "leftOut", column -> text(column, "leftOut")),
                list(table, "reasons", reason -> text(reason, "reasons")));
    }

    private static Mismatch mismatch(String text) {
        var mismatch = object(text, "mismatches");
        return new Mismatch(
                table(mismatch.get("table"), "table"),
                kind(text(mismatch.get("kind"), "kind")),
                row(mismatch, "key"),
                row(mismatch, "map"),
                row(mismatch, "postgres"));
    }

    private static Mismatch.Kind kind(String name) {
        return Arrays.stream(Mismatch.Kind.values())
                .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("kind is '" + name + "'; that is none."));
    }

    /** A table as a report names it, which is as people read it: nothing in it is escaped. */
    private static TableId table(String text, String name) {
        var both = text(text, name);
        int dot = both.indexOf('.', 1);
        if (dot < 0) {
            throw new IllegalArgumentException(name + " must be a schema and a table.");
        }
        return new TableId(both.substring(0, dot), both.substring(dot + 1));
    }

    /** The object's text, or null. */
    private static String row(Map<String, String> mismatch, String name) {
        var row = mismatch.get(name);
        if ("null".equals(row) && !name.equals("key")) {
            return null;
        }
        object(row, name);
        return row;
    }

    private static long count(Map<String, String> table, String name) {
        var count = table.get(name);
        if (count == null || !COUNT.matcher(count).matches()) {
            throw new IllegalArgumentException(name + " must be a count.");
        }
        return Long.parseLong(count);
    }

    private static String text(String json, String name) {
        if (json == null || !json.startsWith("\"")) {
            throw new IllegalArgumentException(name + " must be a text.");
        }
        return JsonFields.plain(json);
    }

    private static Map<String, String> object(String json, String name) {
        if (json == null || !json.stripLeading().startsWith("{")) {
            throw new IllegalArgumentException(name + " must be an object.");
        }
        return JsonFields.ofObject(json);
    }

    private static <T> List<T> list(Map<String, String> parent, String name, Function<String, T> read) {
        var array = parent.get(name);
        if (array == null || !array.startsWith("[")) {
            throw new IllegalArgumentException(name + " must be an array.");
        }
        return JsonFields.ofArray(array).stream().map(read).toList();
    }
}
