package localcdc.common.doctor;

import java.util.Objects;

/**
 * What one check found.
 *
 * @param check the check's name, as in {@code docs/reference/doctor.md}
 * @param found what is the case, and what is needed instead, as sentences
 * @param remedy the exact next action; empty when nothing is to be done
 */
public record Finding(Severity severity, String check, String found, String remedy) {

    /** How bad it is. */
    public enum Severity {
        OK,
        /** Worth knowing; capture works. */
        WARNING,
        /** Capture cannot start: exit code 3. */
        ERROR
    }

    public Finding {
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(check, "check");
        Objects.requireNonNull(found, "found");
        Objects.requireNonNull(remedy, "remedy");
    }

    public static Finding ok(String check, String found) {
        return new Finding(Severity.OK, check, found, "");
    }

    public static Finding warning(String check, String found, String remedy) {
        return new Finding(Severity.WARNING, check, found, remedy);
    }

    public static Finding error(String check, String found, String remedy) {
        return new Finding(Severity.ERROR, check, found, remedy);
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** What was found, and beneath it the remedy. */
    public String sentences() {
        return remedy.isEmpty() ? found : found + "\n" + remedy;
    }
}
