package localcdc.common.cli;

/** How much our own code logs; libraries log warnings and errors at any level. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
}
