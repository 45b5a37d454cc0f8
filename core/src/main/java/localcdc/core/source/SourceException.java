package localcdc.core.source;

/** The environment is not ready: what was found, and what to do about it. Ends a runner with exit code 3. */
public class SourceException extends Exception {

    private static final long serialVersionUID = 1;

    private final String remedy;

    /**
     * @param problem the value found and the value needed, as sentences
     * @param remedy the next action, as sentences; may be empty
     */
    public SourceException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    /** The same, with what caused it; the cause is for the debug log only. */
    public SourceException(String problem, String remedy, Throwable cause) {
        super(problem, cause);
        this.remedy = remedy;
    }

    public String remedy() {
        return remedy;
    }

    /** Problem and remedy, each on lines of its own. */
    public String sentences() {
        return remedy.isEmpty() ? getMessage() : getMessage() + "\n" + remedy;
    }
}
