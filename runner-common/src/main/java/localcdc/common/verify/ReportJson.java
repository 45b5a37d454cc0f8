package localcdc.common.verify;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import localcdc.core.event.TableId;
import localcdc.core.verify.Mismatch;
import localcdc.core.verify.TableReport;
import localcdc.core.verify.VerifyReport;

/** Reads back what {@link VerifyReport#toJson} has written. */
public final class ReportJson {

    /** Rows keep their numbers digit for digit. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final long LONGEST_SECONDS = Duration.ofDays(7).toSeconds();

    private ReportJson() {}

    /** A comparison's report, and how long the comparison took. */
    public record Told(VerifyReport report, Duration took) {}

    /** The object {@code {"seconds":N,"report":{...}}}. */
    static String write(Told told) {
        return "{\"seconds\":" + told.took().toMillis() / 1000.0 + ",\"report\":"
                + told.report().toJson() + "}";
    }

    /**
     * Reads that object. What the report comes to is found again from its tables.
     *
     * @throws IllegalArgumentException with a sentence, when it is another object or none
     */
    public static Told read(byte[] text) {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException("That is not JSON.", e);
        }
        var report = node.path("report");
        var seconds = node.path("seconds");
        if (!seconds.isNumber() || seconds.doubleValue() < 0 || seconds.doubleValue() > LONGEST_SECONDS) {
            throw new IllegalArgumentException("seconds must be a number from 0 to " + LONGEST_SECONDS + ".");
        }
        return new Told(
                new VerifyReport(
                        list(report, "tables", ReportJson::table),
                        list(report, "leftOutTables", table -> TableId.parse(text(table, "leftOutTables"))),
                        list(report, "mismatches", ReportJson::mismatch),
                        report.path("reason").asText("")),
                Duration.ofMillis(Math.round(seconds.doubleValue() * 1000)));
    }

    private static TableReport table(JsonNode table) {
        return new TableReport(
                TableId.parse(text(table.path("table"), "table")),
                count(table, "rowsCompared"),
                count(table, "missing"),
                count(table, "unexpected"),
                count(table, "different"),
                count(table, "inFlight"),
                list(table, "leftOut", column -> text(column, "leftOut")),
                list(table, "reasons", reason -> text(reason, "reasons")));
    }

    private static Mismatch mismatch(JsonNode mismatch) {
        return new Mismatch(
                TableId.parse(text(mismatch.path("table"), "table")),
                kind(text(mismatch.path("kind"), "kind")),
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

    /** The object's text, or null. */
    private static String row(JsonNode mismatch, String name) {
        var row = mismatch.path(name);
        if (row.isNull() && !name.equals("key")) {
            return null;
        }
        if (!row.isObject()) {
            throw new IllegalArgumentException(name + " must be an object.");
        }
        return row.toString();
    }

    private static long count(JsonNode table, String name) {
        var count = table.path(name);
        if (!count.canConvertToLong() || !count.isIntegralNumber() || count.longValue() < 0) {
            throw new IllegalArgumentException(name + " must be a count.");
        }
        return count.longValue();
    }

    private static String text(JsonNode node, String name) {
        if (!node.isTextual()) {
            throw new IllegalArgumentException(name + " must be a text.");
        }
        return node.textValue();
    }

    private static <T> List<T> list(JsonNode parent, String name, Function<JsonNode, T> read) {
        var array = parent.path(name);
        if (!array.isArray()) {
            throw new IllegalArgumentException(name + " must be an array.");
        }
        var list = new ArrayList<T>();
        array.forEach(one -> list.add(read.apply(one)));
        return list;
    }
}
