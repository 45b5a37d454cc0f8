package localcdc.common.cli;

/** What a process's exit code means; the numbers are a contract. */
public final class ExitCodes {

    /** Done, or stopped by a signal after finishing the batch in hand. */
    public static final int OK = 0;
    /** Our bug. */
    public static final int BUG = 1;
    /** Wrong flags or files. */
    public static final int USAGE = 2;
    /** The environment is not ready, or the stream ended in an error. */
    public static final int ENVIRONMENT = 3;
    /** Verification found differences. */
    public static final int DIFFERENT = 4;

    private ExitCodes() {}
}
