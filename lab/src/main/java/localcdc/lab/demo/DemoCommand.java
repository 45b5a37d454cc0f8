package localcdc.lab.demo;

import java.util.concurrent.Callable;
import localcdc.core.source.SourceException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The subcommand {@code demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Everything at once, live: a PostgreSQL with a sample database, a broker and Kafka Connect, every path, a steady"
                    + " workload on inventory.customers, and a comparison of each map with Postgres now and then.",
            "One page shows the paths side by side.",
            "Ctrl-C stops it and leaves no process, slot or folder behind."
        })
public final class DemoCommand implements Callable<Integer> {

    @Mixin
    private DemoOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws SourceException, InterruptedException {
        return Demo.run(options.settings(), spec.commandLine().getOut());
    }
}
