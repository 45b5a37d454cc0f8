package localcdc.core.verify;

/**
 * How many rows of a table the map holds at the cut.
 *
 * @param visible rows that it holds
 * @param undecided rows of which it does not know whether it held them, or in which state
 */
public record MapCount(long visible, long undecided) {}
