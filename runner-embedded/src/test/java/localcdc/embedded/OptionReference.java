package localcdc.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import localcdc.common.cli.Cli;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The page {@code docs/reference/options.md}, made from the command's own model, so that it cannot say anything else. */
final class OptionReference {

    private static final String INTRODUCTION = """
            # Options of runner-embedded

            This page is generated from the program's own model of its flags; `OptionReferenceTest` keeps it equal.

            A flag goes before its environment variable, that before a password file, that before the default.
            `@FILE` reads arguments from a file at that place. A password is taken from `PGPASSWORD`, `--pg-password-file` or
            `~/.pgpass` only. `--print-config` shows what is in effect, and where from.
            Results go to stdout, logs and problems to stderr.
            """;

    private final StringBuilder page = new StringBuilder(INTRODUCTION);

    private OptionReference() {}

    static String page() {
        var reference = new OptionReference();
        reference.command(Cli.commandLine(new Main()));
        return reference.page.toString();
    }

    private void command(CommandLine line) {
        var spec = line.getCommandSpec();
        if (spec.name().equals("generate-completion")) {
            return;
        }
        page.append("\n## ").append(spec.qualifiedName()).append("\n\n");
        page.append(text(spec.usageMessage().description())).append("\n");
        var arguments = arguments(spec);
        if (!arguments.isEmpty()) {
            table("argument or flag", "meaning", arguments);
        }
        var codes = new ArrayList<String>();
        spec.usageMessage().exitCodeList().forEach((code, why) -> codes.add(row(code, why)));
        if (!codes.isEmpty()) {
            table("exit code", "meaning", codes);
        }
        line.getSubcommands().values().forEach(this::command);
    }

    private void table(String left, String right, List<String> rows) {
        page.append("\n| ").append(left).append(" | ").append(right).append(" |\n| --- | --- |\n");
        rows.forEach(page::append);
    }

    private static List<String> arguments(CommandSpec spec) {
        var rows = new ArrayList<String>();
        for (var positional : spec.positionalParameters()) {
            rows.add(row("`" + positional.paramLabel() + "`", text(positional.description())));
        }
        for (var option : spec.options()) {
            var meaning = text(option.description());
            rows.add(row(
                    names(option),
                    (option.required() ? "Required. " : "")
                            + meaning.replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()))));
        }
        return rows;
    }

    private static String names(OptionSpec option) {
        var value = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
        return List.of(option.names()).stream()
                .map(name -> "`" + name + (name.startsWith("--") ? value : "") + "`")
                .collect(Collectors.joining(", "));
    }

    private static String row(String left, String right) {
        return "| " + left.replace("|", "\\|") + " | " + right.replace("|", "\\|") + " |\n";
    }

    /** Descriptions are formats: a percent sign is written twice. */
    private static String text(String[] lines) {
        return String.join(" ", lines).replace("%%", "%").replace("%n", " ");
    }
}
