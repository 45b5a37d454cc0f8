package localcdc.core.decode;

/** A record that cannot be read: what is wrong with it, as a sentence's part. It has no stack trace, since it is data. */
public final class MalformedRecordException extends RuntimeException {

    private static final long serialVersionUID = 1;

    MalformedRecordException(String problem) {
        this(problem, null);
    }

    MalformedRecordException(String problem, Throwable cause) {
        super(problem, cause, false, false);
    }
}
