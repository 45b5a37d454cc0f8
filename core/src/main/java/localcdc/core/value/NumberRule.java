package localcdc.core.value;

/** When two JSON numbers are the same. */
public enum NumberRule {
    /** Equal digits; the number is copied as it stands. */
    VERBATIM,
    /** Equal value, of whatever size and scale, without rounding. */
    EXACT,
    /** Equal as IEEE double: for double precision, whose text may have more digits than needed. */
    DOUBLE,
    /** Equal as IEEE float: for real. */
    FLOAT;

    void append(byte[] number, int start, int end, ByteSink out) {
        switch (this) {
            case VERBATIM -> out.put(number, start, end - start);
            case EXACT -> NumberText.appendNormal(number, start, end, out);
            case DOUBLE -> NumberText.appendDouble(number, start, end, out);
            case FLOAT -> NumberText.appendFloat(number, start, end, out);
        }
    }
}
