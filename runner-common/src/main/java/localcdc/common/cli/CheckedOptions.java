package localcdc.common.cli;

import java.util.List;

/**
 * A mixin or command that can find further problems once its flags are read: in environment variables and files, or
 * between flags. Flags that could not be read are null then. {@link Cli} reports all problems of a command together.
 */
public interface CheckedOptions {

    /** Every problem, as a sentence each; none when the settings can be made. */
    List<String> problems();
}
