package localcdc.lab;

import localcdc.common.cli.Cli;

/** The lab's entry point. */
public final class Main {

    private Main() {}

    /** Runs the command line and exits with its code. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs the command line and returns its exit code. */
    static int run(String... args) {
        return Cli.run(new LabCommand(), args);
    }
}
