package localcdc.common.http;

import java.util.Map;

/** Ends a request with a status other than 200 and {@code {"error":"..."}}. */
public final class HttpProblem extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final transient Map<String, ?> fields;

    /** @param sentence what is wrong, for the one who asked */
    public HttpProblem(int status, String sentence) {
        this(status, sentence, Map.of());
    }

    /** The same, with further fields beside {@code error}. */
    public HttpProblem(int status, String sentence, Map<String, ?> fields) {
        super(sentence);
        this.status = status;
        this.fields = fields;
    }

    int status() {
        return status;
    }

    Map<String, ?> fields() {
        return fields;
    }
}
