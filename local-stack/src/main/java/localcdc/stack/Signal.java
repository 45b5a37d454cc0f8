package localcdc.stack;

/** The signals that end or reload a server, by their POSIX names. */
public enum Signal {
    /** A polite end for most programs; for Postgres the slow one, which waits until every client has left. */
    TERM,
    /** Postgres' fast shutdown: clients are cut, data is flushed. Only for programs that install a handler of their own. */
    INT,
    /** Postgres' immediate shutdown: recovery at the next start. */
    QUIT,
    /** Read the settings again. */
    HUP
}
