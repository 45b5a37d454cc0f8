package localcdc.core.verify;

import java.util.List;

/**
 * What the map holds at the cut for one key.
 *
 * @param row the row's JSON object; null unless {@code kind} is ROW
 * @param unavailable columns whose value the log did not carry and that are absent from {@code row}
 */
public record MapAnswer(Kind kind, String row, List<String> unavailable) {

    /** Whether there is a row. */
    public enum Kind {
        ROW,
        ABSENT,
        /** The map does not know what it was at the cut; at a later cut it will. */
        UNDECIDED
    }

    public static final MapAnswer ABSENT = new MapAnswer(Kind.ABSENT, null, List.of());
    public static final MapAnswer UNDECIDED = new MapAnswer(Kind.UNDECIDED, null, List.of());

    public MapAnswer {
        unavailable = List.copyOf(unavailable);
    }

    /** A row, with the columns that are not known. */
    public static MapAnswer row(String row, List<String> unavailable) {
        return new MapAnswer(Kind.ROW, row, unavailable);
    }
}
