package localcdc.common.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import localcdc.common.cli.TextFormat;

/** Findings as text, one line a check and what to do about it beneath, or as JSON, one object. */
public final class DoctorReport {
    private static final String INDENT = "      ";

    private DoctorReport() {}

    /** Prints all findings, in their order, and whether a run could start. */
    public static void print(List<Finding> findings, TextFormat format, PrintWriter out) {
        if (format == TextFormat.JSON) {
            out.println(json(findings));
            out.flush();
        } else {
            print(findings, out);
        }
    }

    /** Prints all findings as text, in their order, and a line that sums them up. */
    public static void print(List<Finding> findings, PrintWriter out) {
        for (Finding finding : findings) {
            String mark =
                    switch (finding.severity()) {
                        case OK -> "ok   ";
                        case WARNING -> "warn ";
                        case ERROR -> "FAIL ";
                    };
            out.println(mark + " " + finding.check() + ": " + finding.found());
            finding.remedy().lines().forEach(line -> out.println(INDENT + line));
        }
        long errors = count(findings, Finding.Severity.ERROR);
        long warnings = count(findings, Finding.Severity.WARNING);
        out.println(
                errors == 0
                        ? "Ready" + (warnings == 0 ? "." : ", with " + many(warnings, "warning") + ".")
                        : "Not ready: " + many(errors, "error") + ", " + many(warnings, "warning") + ".");
        out.flush();
    }

    private static String json(List<Finding> findings) {
        var tree = new ObjectMapper().createObjectNode();
        tree.put("ready", findings.stream().noneMatch(Finding::isError));
        var list = tree.putArray("findings");
        for (var finding : findings) {
            list.addObject()
                    .put("severity", finding.severity().name().toLowerCase(Locale.ROOT))
                    .put("check", finding.check())
                    .put("found", finding.found())
                    .put("remedy", finding.remedy());
        }
        return tree.toString();
    }

    private static long count(List<Finding> findings, Finding.Severity severity) {
        return findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
    }

    private static String many(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
