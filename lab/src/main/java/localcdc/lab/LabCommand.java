package localcdc.lab;

import java.util.concurrent.Callable;
import localcdc.common.cli.VersionText;
import localcdc.core.source.SourceException;
import localcdc.lab.bench.BenchCommand;
import localcdc.lab.compare.CompareCommand;
import localcdc.lab.demo.Demo;
import localcdc.lab.demo.DemoCommand;
import localcdc.lab.demo.DemoOptions;
import localcdc.lab.up.UpCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code lab}; without a subcommand it is {@code lab demo}. */
@Command(
        name = "lab",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description = {
            "The whole platform on this machine, without containers: a PostgreSQL of its own, change data capture, and a"
                    + " map that follows it.",
            "Without a subcommand it runs the demo."
        },
        subcommands = {DemoCommand.class, UpCommand.class, CompareCommand.class, BenchCommand.class},
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:done, or stopped by a signal",
            "1:a bug in the program",
            "2:wrong flags",
            "3:something on this machine is not ready; the reason is printed",
            "4:the map is not equal to Postgres"
        })
final class LabCommand implements Callable<Integer> {

    @Mixin
    private DemoOptions demo;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws SourceException, InterruptedException {
        return Demo.run(demo.settings(), spec.commandLine().getOut());
    }
}
