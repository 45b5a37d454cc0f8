package localcdc.core.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import localcdc.core.event.TableId;

/**
 * What a verification has found.
 *
 * @param leftOutTables tables that were not compared, since the runner leaves them out
 * @param mismatches the first {@value #MISMATCHES_SHOWN} differences
 * @param reason why nothing could be compared; else empty
 */
public record VerifyReport(
        List<TableReport> tables, List<TableId> leftOutTables, List<Mismatch> mismatches, String reason) {

    /** How many differences are shown with both sides. */
    public static final int MISMATCHES_SHOWN = 20;

    /** What it comes to. */
    public enum Verdict {
        EQUAL,
        DIFFERENT,
        UNDECIDED
    }

    public VerifyReport {
        tables = List.copyOf(tables);
        leftOutTables = List.copyOf(leftOutTables);
        mismatches = List.copyOf(mismatches);
    }

    /** Nothing could be compared. */
    public static VerifyReport undecided(String reason) {
        return new VerifyReport(List.of(), List.of(), List.of(), reason);
    }

    /** Equal only when nothing stayed undecided; a difference outweighs what is undecided. */
    public Verdict verdict() {
        if (tables.stream().anyMatch(table -> table.differences() > 0)) {
            return Verdict.DIFFERENT;
        }
        boolean equal = !tables.isEmpty() && tables.stream().allMatch(TableReport::isEqual);
        return equal ? Verdict.EQUAL : Verdict.UNDECIDED;
    }

    /** The report as one JSON object; its fields are a contract. */
    public String toJson() {
        var text = new StringWriter();
        try (var json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeArrayFieldStart("tables");
            for (var table : tables) {
                write(json, table);
            }
            json.writeEndArray();
            json.writeBooleanField("equal", verdict() == Verdict.EQUAL);
            json.writeArrayFieldStart("leftOutTables");
            for (var table : leftOutTables) {
                json.writeString(table.toString());
            }
            json.writeEndArray();
            json.writeArrayFieldStart("mismatches");
            for (var mismatch : mismatches) {
                write(json, mismatch);
            }
            json.writeEndArray();
            if (!reason.isEmpty()) {
                json.writeStringField("reason", reason);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot be written to", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, TableReport table) throws IOException {
        json.writeStartObject();
        json.writeStringField("table", table.table().toString());
        json.writeNumberField("rowsCompared", table.rowsCompared());
        json.writeNumberField("missing", table.missing());
        json.writeNumberField("unexpected", table.unexpected());
        json.writeNumberField("different", table.different());
        json.writeNumberField("inFlight", table.inFlight());
        json.writeArrayFieldStart("leftOut");
        for (var column : table.leftOut()) {
            json.writeString(column);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("reasons");
        for (var reason : table.reasons()) {
            json.writeString(reason);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Mismatch mismatch) throws IOException {
        json.writeStartObject();
        json.writeStringField("table", mismatch.table().toString());
        json.writeStringField("kind", mismatch.kind().name().toLowerCase(Locale.ROOT));
        writeRaw(json, "key", mismatch.key());
        writeRaw(json, "map", mismatch.map());
        writeRaw(json, "postgres", mismatch.postgres());
        json.writeEndObject();
    }

    private static void writeRaw(JsonGenerator json, String name, String value) throws IOException {
        json.writeFieldName(name);
        json.writeRawValue(value == null ? "null" : value);
    }
}
