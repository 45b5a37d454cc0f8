package localcdc.core.index;

import java.io.IOException;

/** A large transaction's changes could not be kept in a temporary file: what happened, and where. */
public final class TransactionStorageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    TransactionStorageException(String what) {
        super(what);
    }

    TransactionStorageException(Throwable cause) {
        super(
                "The changes of a large transaction cannot be kept in a file in " + System.getProperty("java.io.tmpdir")
                        + ": " + cause.getMessage(),
                cause);
    }

    /** The same for an error that comes with a reason of its own. */
    static TransactionStorageException of(Throwable cause) {
        return new TransactionStorageException(cause instanceof IOException ? cause : new IOException(cause));
    }
}
