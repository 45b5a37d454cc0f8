package localcdc.embedded.pgoutput;

/** Bytes that are no message of the protocol, or one that cannot come at this place; says where. */
public final class MalformedMessageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    MalformedMessageException(String what, int at) {
        super(what + " (at byte " + at + " of the message)");
    }
}
