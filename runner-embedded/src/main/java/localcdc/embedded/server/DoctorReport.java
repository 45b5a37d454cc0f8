package localcdc.embedded.server;

import java.io.PrintWriter;
import java.util.List;

/** Findings as text: one line a check, and what to do about it beneath. */
public final class DoctorReport {
    private static final String INDENT = "      ";

    private DoctorReport() {}

    /** Prints all findings, in their order, and a line that sums them up. */
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

    private static long count(List<Finding> findings, Finding.Severity severity) {
        return findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
    }

    private static String many(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
