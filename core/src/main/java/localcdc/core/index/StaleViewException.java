package localcdc.core.index;

/** A point-in-time view of the map can no longer be answered; the caller takes a new one. */
public final class StaleViewException extends RuntimeException {

    private static final long serialVersionUID = 1;

    StaleViewException(String why) {
        super(why);
    }
}
