package localcdc.common.cli;

/**
 * One effective setting, as {@code --print-config} shows it.
 *
 * @param flag the flag's name with its dashes; without dashes, something that has no flag, such as the password
 * @param value the effective value; a secret is masked here already
 * @param origin where the value came from: {@code flag}, {@code default}, or an environment variable's or file's name
 */
public record Setting(String flag, String value, String origin) {

    /** The origin of a value that nobody gave. */
    public static final String DEFAULT = "default";

    /** What a secret looks like. */
    public static final String MASK = "********";
}
