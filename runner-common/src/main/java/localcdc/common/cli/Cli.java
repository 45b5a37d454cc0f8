package localcdc.common.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import localcdc.core.source.SourceException;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Runs a picocli command as every program of the project does: all wrong flags are named together, an environment that is
 * not ready is told in sentences, only our own bugs show a stack trace, and the exit code says which it was.
 */
public final class Cli {

    private Cli() {}

    /** Runs {@code command} (an object annotated with picocli's {@code @Command}) and returns the exit code. */
    public static int run(Object command, String... args) {
        return run(command, utf8(System.out), utf8(System.err), args);
    }

    /** UTF-8 whatever the locale is: results are JSON, and names of tables are of any script. */
    private static PrintWriter utf8(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    /** The same, with other places for results ({@code out}) and messages ({@code err}). */
    public static int run(Object command, PrintWriter out, PrintWriter err, String... args) {
        try {
            return commandLine(command).setOut(out).setErr(err).execute(args);
        } catch (Error e) {
            return bug(err, e);
        } finally {
            out.flush();
            err.flush();
        }
    }

    /** The command with our conventions; for tests and for the generated option reference. */
    public static CommandLine commandLine(Object command) {
        var line = new CommandLine(command);
        if (!line.getSubcommands().containsKey("generate-completion")) {
            line.addSubcommand(new AutoComplete.GenerateCompletion());
        }
        collectErrors(line);
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setExecutionStrategy(Cli::execute)
                .setParameterExceptionHandler(
                        (problem, args) -> usage(problem.getCommandLine(), sentences(List.of(problem))))
                .setExecutionExceptionHandler((problem, at, parsed) -> explain(at, problem));
    }

    private static void collectErrors(CommandLine line) {
        line.getCommandSpec().parser().collectErrors(true);
        line.getSubcommands().values().forEach(Cli::collectErrors);
    }

    private static int execute(ParseResult parsed) {
        var help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        var errors = new ArrayList<Exception>();
        var last = parsed;
        for (var at = parsed; at != null; at = at.hasSubcommand() ? at.subcommand() : null) {
            errors.addAll(at.errors());
            last = at;
        }
        var problems = new LinkedHashSet<>(sentences(errors));
        problems.addAll(checked(last));
        if (!problems.isEmpty()) {
            return usage(last.commandSpec().commandLine(), List.copyOf(problems));
        }
        return new RunLast().execute(parsed);
    }

    /** What the command and its mixins find wrong beyond single flags. */
    private static List<String> checked(ParseResult parsed) {
        var problems = new ArrayList<String>();
        if (parsed.commandSpec().userObject() instanceof CheckedOptions options) {
            problems.addAll(options.problems());
        }
        for (var mixin : parsed.commandSpec().mixins().values()) {
            if (mixin.userObject() instanceof CheckedOptions options) {
                problems.addAll(options.problems());
            }
        }
        return problems;
    }

    private static List<String> sentences(List<? extends Exception> errors) {
        var sentences = new ArrayList<String>();
        for (var error : errors) {
            if (error instanceof UnmatchedArgumentException unmatched) {
                sentences.add(unmatched(unmatched));
            } else {
                sentences.add(error.getMessage());
            }
        }
        return sentences;
    }

    private static String unmatched(UnmatchedArgumentException error) {
        var arguments = error.getUnmatched();
        var first = arguments.isEmpty() ? "" : arguments.get(0);
        if (first.startsWith("@")) {
            return "There is no readable file '" + first.substring(1) + "' to take arguments from (" + first + ").";
        }
        var kind = first.startsWith("-") ? "Unknown option" : "Unexpected argument";
        // Whatever stands behind a '=' may be a secret in the wrong place.
        var shown = arguments.stream()
                .map(argument -> argument.startsWith("-") && argument.contains("=")
                        ? argument.substring(0, argument.indexOf('=') + 1) + "..."
                        : argument)
                .toList();
        var text = kind + (arguments.size() > 1 ? "s" : "") + ": '" + String.join("', '", shown) + "'."
                + (first.startsWith("--pg-password") || first.startsWith("--password")
                        ? " A password comes from PGPASSWORD, --pg-password-file or ~/.pgpass, never from an argument."
                        : "");
        var suggestions = error.getSuggestions();
        return suggestions.isEmpty() ? text : text + " Did you mean " + String.join(" or ", suggestions) + "?";
    }

    private static int usage(CommandLine line, List<String> problems) {
        var err = line.getErr();
        problems.forEach(err::println);
        err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCodes.USAGE;
    }

    private static int explain(CommandLine line, Exception thrown) {
        Throwable problem = thrown;
        while ((problem instanceof ExecutionException || problem instanceof CompletionException)
                && problem.getCause() != null) {
            problem = problem.getCause();
        }
        if (problem instanceof SourceException notReady) {
            line.getErr().println(notReady.sentences());
            return ExitCodes.ENVIRONMENT;
        }
        if (problem instanceof UsageException wrong) {
            return usage(line, wrong.problems());
        }
        if (problem instanceof ParameterException wrong) {
            return usage(wrong.getCommandLine(), sentences(List.of(wrong)));
        }
        return bug(line.getErr(), problem);
    }

    private static int bug(PrintWriter err, Throwable problem) {
        err.println("This is a bug in the program; please report it with the lines below.");
        problem.printStackTrace(err);
        return ExitCodes.BUG;
    }
}
