package localcdc.common.cli;

/** How something is printed: for people or for programs. */
public enum TextFormat {
    TEXT,
    JSON
}
