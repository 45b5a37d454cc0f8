package localcdc.core.verify;

import java.util.Objects;

/** Something could not be compared: why, what to do about it, and how much it concerns. */
public final class UndecidedException extends Exception {

    private static final long serialVersionUID = 1;

    /** How much of the verification it concerns. */
    public enum Scope {
        /** This cut alone: another one may decide. */
        CUT,
        /** One table: it cannot be compared until somebody does what the remedy says. */
        TABLE,
        /** Everything: the verification ends. */
        ALL
    }

    private final Scope scope;
    private final String remedy;

    /**
     * @param problem what was found, as sentences
     * @param remedy the next action, as sentences; may be empty
     */
    public UndecidedException(Scope scope, String problem, String remedy) {
        this(scope, problem, remedy, null);
    }

    /** The same, with what caused it; the cause is for the debug log only. */
    public UndecidedException(Scope scope, String problem, String remedy, Throwable cause) {
        super(problem, cause);
        this.scope = Objects.requireNonNull(scope, "scope");
        this.remedy = Objects.requireNonNull(remedy, "remedy");
    }

    public Scope scope() {
        return scope;
    }

    public String remedy() {
        return remedy;
    }

    /** Problem and remedy in one line. */
    public String sentences() {
        return remedy.isEmpty() ? getMessage() : getMessage() + " " + remedy;
    }
}
