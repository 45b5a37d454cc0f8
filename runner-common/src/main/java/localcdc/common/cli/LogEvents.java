package localcdc.common.cli;

/** Which events become log lines. */
public enum LogEvents {
    /** Each one; the map then goes no faster than the log. */
    ALL,
    /** At most 20 a second, and how many were left out. */
    SAMPLED,
    NONE
}
