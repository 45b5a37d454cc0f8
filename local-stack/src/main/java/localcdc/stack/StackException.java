package localcdc.stack;

/** A server could not be started or used on this machine: what is wrong, and what to do about it. */
public final class StackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String remedy;

    /** The problem names the value found; the remedy names the next action. */
    public StackException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    /** As {@link #StackException(String, String)}, with the exception that showed the problem. */
    public StackException(String problem, String remedy, Throwable cause) {
        super(problem + "\n" + remedy, cause);
        this.problem = problem;
        this.remedy = remedy;
    }

    /** What was found. */
    public String problem() {
        return problem;
    }

    /** What to do next. */
    public String remedy() {
        return remedy;
    }
}
