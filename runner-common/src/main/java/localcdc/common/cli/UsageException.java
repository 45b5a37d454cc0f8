package localcdc.common.cli;

import java.util.List;

/** Wrong flags, environment variables or files: every problem found, a sentence each. Ends a runner with exit code 2. */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final List<String> problems;

    public UsageException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public UsageException(String problem) {
        this(List.of(problem));
    }

    public List<String> problems() {
        return problems;
    }
}
